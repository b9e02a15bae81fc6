import pytest
import yaml

from docmarks.cli.main import main
from docmarks.experiments.dry_run import duration
from sample_data import pages, write_set
from tiny import tiny_config


def test_it_tells_what_would_happen_and_writes_nothing(tmp_path, capsys):
    marks = pages(5)
    marks[4][4]["split"] = "val"
    data = write_set(tmp_path / "set", marks)
    model = tiny_config().model_dump(mode="json") | {"label_set": "v5"}
    del model["labels"]
    crops = {"width": 96, "height": 96, "page_long_side": [120, 160]}
    ink = {"decorate": 0.0, "forms": 0.0, "pages": 0.0}
    settings = {"model": model, "steps": 600, "batch": 2, "workers": 0, "crops": crops, "ink": ink}
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(settings))
    with pytest.raises(SystemExit) as stop:
        main(["train", str(data), "--config", str(tmp_path / "c.yaml"), "-o", str(tmp_path / "run"), "--dry-run"])
    assert stop.value.code == 0
    told = capsys.readouterr().out
    assert "pages: 4 to train on, 1 to measure on" in told
    line = next(line for line in told.splitlines() if line.startswith("Signature"))
    assert line.split()[1:4] == ["4", "1", "4"]
    # v5 drops a stamped date, so one date a page is left; dates are nowhere complete.
    assert next(line for line in told.splitlines() if line.startswith("Date")).split()[1:4] == ["4", "1", "0"]
    assert "no box to learn from: " in told and "Redaction" in told.split("no box to learn from: ")[1].splitlines()[0]
    assert "steps: 600 of 2 images (96 x 96 crops, accumulate 1), every page about 300.0 times" in told
    assert "s a step" in told and "s of it measuring on the validation part" in told
    assert "GiB at its peak" in told and "nothing was written" in told
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("seconds", "text"), [(40, "40 s"), (720, "12 min"), (12_000, "3 h 20 min")])
def test_durations(seconds, text):
    assert duration(seconds) == text


def test_sets_taken_as_fully_annotated_are_counted_so(tmp_path, capsys):
    data = write_set(tmp_path / "set", pages(5))
    model = tiny_config().model_dump(mode="json") | {"label_set": "v5"}
    del model["labels"]
    crops = {"width": 96, "height": 96, "page_long_side": [120, 160]}
    ink = {"decorate": 0.0, "forms": 0.0, "pages": 0.0}
    settings = {"model": model, "steps": 6, "batch": 2, "workers": 0, "crops": crops, "ink": ink}
    settings["assume_exhaustive"] = ["mini"]
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(settings))
    with pytest.raises(SystemExit):
        main(["train", str(data), "--config", str(tmp_path / "c.yaml"), "-o", str(tmp_path / "run"), "--dry-run"])
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Date"))
    assert int(line.split()[3]) > 0
