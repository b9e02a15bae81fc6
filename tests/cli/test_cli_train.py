import re
from pathlib import Path

import pytest
import yaml

from docmarks.cli.main import main
from docmarks.labels.label_set import LabelSet
from docmarks.runtime.detector import Detector
from squares import RULES, small_run, square_pages

DOCS = Path(__file__).parents[2] / "docs" / "train.md"


def call(*arguments):
    """Exit code of the command."""
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return stop.code or 0
    return 0


@pytest.mark.slow
def test_the_example_of_the_docs_runs(tmp_path, monkeypatch, capsys):
    blocks = re.findall(r"```\n(.*?)```", DOCS.read_text(), re.DOTALL)
    (example,) = [block for block in blocks if block.startswith("docmarks synth make")]
    monkeypatch.chdir(tmp_path)
    for line in example.splitlines():
        assert call(*line.split()[1:]) == 0, capsys.readouterr().err
    assert (
        len(list((tmp_path / "found").glob("*.json"))) == 8 and (tmp_path / "runs" / "first" / "report.html").exists()
    )
    assert Detector.load(tmp_path / "runs" / "first").labels == LabelSet.load("default").labels
    assert "new head" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--resume", "nowhere"), "nowhere: no training run in this folder; start one with -o nowhere"),
        (("--resume", "nowhere", "--from", "default"), "--resume goes on with a run as it began"),
        (("data", "--from", "coco-r51"), "no such file or published model; did you mean coco-r50?"),
        (("data", "--from", "default", "--label-set", "v9"), "v9: no such label set"),
        (("data", "--from", "default", "--batch", "3", "--accumulate", "2"), "batch 3 cannot be shared"),
        (("data", "--from", "default", "--lr", "-1"), "learning_rate: Input should be greater than 0"),
        (("data", "--from", "default", "--log", "paper"), "log.0: Input should be 'tensorboard', 'mlflow' or 'wandb'"),
        (("none", "--from", "default"), "none"),
        (("data", "--from", "data"), "data: no checkpoint in this folder"),
    ],
)
def test_a_mistake_is_one_line(tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    square_pages(tmp_path / "data")
    assert call("train", *arguments, "-o", "run", "--workers", "0", "--device", "cpu") == 2
    told = capsys.readouterr().err
    assert message in told and told.count("\n") == 1 and told.startswith("docmarks: ")
    assert not (tmp_path / "run" / "metrics.jsonl").exists()


def test_a_rate_is_suggested_with_its_curve(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("docmarks.train.lr_finder.STEPS", 3)
    square_pages(tmp_path / "data")
    settings = small_run().model_dump(mode="json")
    settings["model"]["label_set"] = yaml.safe_load(RULES)
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings))
    command = ("train", tmp_path / "data", "--config", tmp_path / "config.yaml", "--find-lr")
    assert call(*command, "-o", tmp_path / "run") == 0
    assert re.search(r"suggested: --lr \d\.\de-\d\d \(the curve: .*learning-rate.png\)", capsys.readouterr().out)
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["learning-rate.png"]
