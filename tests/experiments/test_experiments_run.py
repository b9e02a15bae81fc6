import json
import re
import shutil
import signal
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from PIL import Image

from docmarks.data.coco_file import read
from docmarks.errors import DocmarksError
from docmarks.experiments.finish import gain
from docmarks.experiments.left_out import left_out
from docmarks.experiments.recipes import recipe_path
from docmarks.experiments.run import Request, prepared, resolve, resume, run
from docmarks.experiments.start import find_start
from docmarks.labels.label_set import LabelSet
from docmarks.runtime.detector import Detector
from docmarks.train.checkpoint import read_checkpoint, write_tensors
from docmarks.train.config import read_config
from docmarks.train.interrupts import Interrupted
from docmarks.train.run_folder import RunFolder
from docmarks.train.validate import Validator
from docmarks.train.watch import Unwatched
from squares import RULES, small_run, square_pages
from tiny import square_finder

NOTHING_BETTER = "nothing better was measured, so the weights of step 0 are kept"


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    """Data, label rules, a configuration without a network, and weights that find squares."""
    folder = tmp_path_factory.mktemp("work")
    square_pages(folder / "squares", 12)
    (folder / "squares.yaml").write_text(RULES)
    settings = small_run().model_dump(mode="json", exclude={"model"})
    (folder / "config.yaml").write_text(yaml.safe_dump(settings))
    tensors = {f"model.{name}": value for name, value in square_finder().state_dict().items()}
    info = {"step": 0, "thresholds": {"Signature": 0.81, "Stamp": 0.82, "Date": 0.83}}
    write_tensors(folder / "finder.safetensors", tensors, square_finder().config, info)
    return folder


def request(work, out, **changes):
    given = {
        "data": (work / "squares",),
        "config_file": work / "config.yaml",
        "out": out,
        "start": str(work / "finder.safetensors"),
        "label_set": str(work / "squares.yaml"),
    }
    return Request(**(given | changes))


@pytest.fixture(scope="module")
def finished(work):
    """(run folder, checkpoint that it returned, what was told)."""
    told = []
    checkpoint = run(request(work, work / "whole"), tell=told.append)
    return work / "whole", checkpoint, told


@pytest.fixture
def unfinished(monkeypatch):
    """Runs that end with their checkpoint: what comes after it is tested once."""
    monkeypatch.setattr("docmarks.experiments.run.finish", lambda *arguments: None)


def test_a_run_leaves_a_folder_that_needs_nothing_else(finished):
    folder, checkpoint, told = finished
    files = {path.name for path in folder.iterdir()}
    assert files >= {
        *("config.yaml", "data.json", "environment.json", "metrics.jsonl", "validation.jsonl", "results.json"),
        *("best.safetensors", "last.safetensors", "model.safetensors", "model.onnx", "report.html", "pictures"),
        *("loss.png", "losses.png", "precision.png", "rate.png"),
    }
    assert not [name for name in files if name.endswith(".part")]
    assert checkpoint == folder / "best.safetensors"
    assert re.fullmatch(r"(\d+) of \1 tensors taken", told[0]) and told[-1] == str(checkpoint)
    assert re.fullmatch(r"AP50 \d+\.\d% after step 0, \d+\.\d% after step \d(: nothing better .*)?", told[-2])
    assert read_config(folder / "config.yaml").model.labels == ("Signature", "Stamp")


def test_metrics_are_a_line_a_step_with_the_four_components(finished):
    folder = finished[0]
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6]
    four = ("rpn_objectness", "rpn_box", "roi_labels", "roi_box")
    assert all(line["loss"] == pytest.approx(sum(line[name] for name in four)) for line in lines)
    assert all(line.keys() >= {"lr", "waiting", "images_per_second", "peak_memory_mib"} for line in lines)
    measured = [json.loads(line) for line in (folder / "validation.jsonl").read_text().splitlines()]
    assert [line["step"] for line in measured] == [0, 2, 3, 4, 6]
    assert ["val_loss" in line for line in measured] == [True, True, False, True, True]
    assert ["AP50" in line for line in measured] == [True, False, True, False, True]
    for line in measured:
        if "val_loss" in line:
            assert line["val_loss"] == pytest.approx(sum(line[f"val_{name}"] for name in four))


def test_the_exported_model_finds_what_it_was_trained_for(finished, work):
    folder = finished[0]
    detector = Detector.load(folder)
    page = np.asarray(Image.open(work / "squares" / "page3.png"))
    marks = detector(page).marks(detector.thresholds)
    truth = json.loads((work / "squares" / "annotations.json").read_text())["annotations"][3]["bbox"]
    assert marks[0].label == "Stamp" and abs(marks[0].box[0] - truth[0]) < 4 and abs(marks[0].box[1] - truth[1]) < 4
    # The thresholds are those of the measurement that the folder keeps; a label without marks has the usual one.
    results = json.loads((folder / "results.json").read_text())
    assert dict(zip(detector.labels, detector.thresholds, strict=True))["Signature"] == 0.81  # as of the weights before
    assert detector.sheet.name == "whole" and results["sets"]["squares"]["labels"]["Stamp"]["ap50"] > 0.9


def test_the_report_is_one_file_with_everything_in_it(finished):
    page = (finished[0] / "report.html").read_text()
    assert page.count("<img") == 5 and not re.search(r'(src|href)="(?!data:)', page)
    for text in ("Stamp", "Loss: training against validation", "fpn_width: 16", "torchvision", "squares"):
        assert text in page


def test_a_folder_with_a_run_is_not_trained_over(finished, work):
    with pytest.raises(DocmarksError, match=r"holds a run; go on with `docmarks train --resume .*whole`"):
        run(request(work, finished[0]))


def test_resuming_needs_the_folder_alone_and_can_go_further(finished, work, tmp_path, unfinished):
    run(request(work, tmp_path / "more", changes={"validation": {"pictures": 0}}))
    resume(tmp_path / "more", {"steps": 7}, False, None, None)
    assert read_checkpoint(tmp_path / "more" / "last.safetensors").info["step"] == 7
    lines = (tmp_path / "more" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == list(range(1, 8))


def test_an_interrupted_run_is_told_how_to_go_on_and_ends_bit_for_bit(finished, work, tmp_path, unfinished):
    class Stop(Unwatched):
        def __call__(self, step, loss):
            if step == 4:
                signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted, match=r"after step 4 of 6, nothing is lost; go on with: docmarks train --resume"):
        run(request(work, tmp_path / "cut"), watch=lambda steps: nullcontext(Stop()))
    resume(tmp_path / "cut", {}, False, None, None)
    assert_same_end(finished[0], tmp_path / "cut")


@pytest.mark.parametrize("step", [0, 6])
def test_an_interrupted_measurement_ends_with_its_page_and_comes_again(step, finished, work, tmp_path, unfinished):
    seen = []

    class Stop(Unwatched):
        done = 0

        def __call__(self, step, loss):
            self.done = step

        def pages(self, pages):
            for page in pages:
                if self.done == step:
                    seen.append(page)
                    signal.raise_signal(signal.SIGINT)
                yield page

    with pytest.raises(
        Interrupted, match=f"after step {step} of 6, nothing is lost; go on with: docmarks train --resume"
    ):
        run(request(work, tmp_path / "cut"), watch=lambda steps: nullcontext(Stop()))
    assert len(seen) == 1
    resume(tmp_path / "cut", {}, False, None, None)
    assert_same_end(finished[0], tmp_path / "cut")


def assert_same_end(finished, interrupted):
    for name in ("last.safetensors", "best.safetensors"):
        whole, cut = read_checkpoint(finished / name), read_checkpoint(interrupted / name)
        assert whole.info == cut.info and whole.tensors.keys() == cut.tensors.keys()
        assert all(torch.equal(whole.tensors[key], cut.tensors[key]) for key in whole.tensors)


def test_who_loses_patience_while_it_measures_loses_nothing(finished, work, tmp_path, unfinished, monkeypatch):
    def impatient(validator, progress):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Validator, "precision", impatient)
        with pytest.raises(KeyboardInterrupt):
            run(request(work, tmp_path / "cut"))
    before = read_checkpoint(tmp_path / "cut" / "last.safetensors")
    assert before.info["unmeasured"] and not (tmp_path / "cut" / "best.safetensors").exists()
    resume(tmp_path / "cut", {}, False, None, None)
    assert_same_end(finished[0], tmp_path / "cut")
    whole, cut = ((folder / "validation.jsonl").read_text() for folder in (finished[0], tmp_path / "cut"))
    assert whole == cut


def test_other_data_is_noticed(work, tmp_path, unfinished):
    square_pages(tmp_path / "squares")
    run(request(work, tmp_path / "run", data=(tmp_path / "squares",), changes={"steps": 1}))
    square_pages(tmp_path / "squares", 9)
    with pytest.raises(DocmarksError, match=r"squares: has changed since the run began \(then 8 pages, now 9\)"):
        resume(tmp_path / "run", {"steps": 2}, False, None, None)
    resume(tmp_path / "run", {"steps": 2}, True, None, None)
    assert json.loads((tmp_path / "run" / "data.json").read_text())["sets"][0]["pages"] == 9


def test_a_run_that_died_before_its_first_checkpoint_begins_again(work, tmp_path, unfinished):
    run(request(work, tmp_path / "run", changes={"steps": 2}))
    once = read_checkpoint(tmp_path / "run" / "last.safetensors")
    (tmp_path / "run" / "last.safetensors").unlink()
    resume(tmp_path / "run", {}, False, None, None)
    again = read_checkpoint(tmp_path / "run" / "last.safetensors")
    assert all(torch.equal(once.tensors[key], again.tensors[key]) for key in once.tensors)


def test_what_nobody_says_is_chosen_from_the_pages(work):
    start = find_start("default")
    config = resolve(Request(start="default", label_set="v2"), start, [read(work / "squares")])
    assert config.steps == 200 and config.learning_rate == 3e-4 and config.freeze == 0  # 9 pages
    assert config.model.label_set == "v2" and config.model.labels[1] == "Date"
    assert config.ink.forms == config.ink.pages == config.ink.decorate == 0
    config = resolve(Request(start="default", changes={"steps": 5, "validation": {"patience": 2}}), start, [])
    assert config.steps == 5 and config.validation.patience == 2 and config.validation.loss_every == 50
    assert config.model == start.model


def test_a_configuration_of_a_few_keys_changes_these_alone(tmp_path):
    start, file = find_start("default"), tmp_path / "few.yaml"
    usual = resolve(Request(start="default"), start, [])
    file.write_text("batch: 4\nink: {imprints: 0.2}\nmodel: {roi: {dropout: 0.3}}\n")
    few = resolve(Request(start="default", config_file=file), start, [])
    roi = start.model.roi.model_copy(update={"dropout": 0.3})
    ink = usual.ink.model_copy(update={"imprints": 0.2})
    model = start.model.model_copy(update={"roi": roi})
    assert few == usual.model_copy(update={"batch": 4, "ink": ink, "model": model})
    assert few.ink.decorate == few.ink.forms == few.ink.pages == 0 and few.steps == 200


def test_ink_that_nothing_is_written_with_is_told(work, tmp_path):
    told, ink = [], tmp_path / "ink"
    ink.mkdir()
    start, data = find_start("default"), [read(work / "squares")]
    plan = Request(data=(work / "squares",), start="default", label_set="v2", changes={"ink": {"folder": ink}})
    prepared(plan, start, data, told.append)
    assert any(line.startswith(f"--ink {ink}: not used") for line in told)


def test_a_label_set_in_a_configuration_takes_the_place_of_the_labels_of_the_weights(tmp_path):
    start, file = find_start("default"), tmp_path / "labels.yaml"
    for text, labels in (("label_set: v4", LabelSet.load("v4").labels), ("labels: [Stamp, Logo]", ("Stamp", "Logo"))):
        file.write_text(f"model: {{{text}}}\n")
        model = resolve(Request(start="default", config_file=file), start, []).model
        assert model.labels == labels and model.backbone == start.model.backbone and model.roi == start.model.roi
    file.write_text("model: {head: multitask, groups: {what: [Signature, Stamp], state: [Filled Checkbox]}}\n")
    model = resolve(Request(start="default", config_file=file), start, []).model
    assert model.labels == ("Signature", "Stamp", "Filled Checkbox") and set(model.groups) == {"what", "state"}


def test_another_backbone_is_a_network_of_its_own(tmp_path):
    start = find_start("default")
    config = resolve(Request(start="default", config_file=recipe_path("r50-fpn")), start, [])
    alone = read_config(recipe_path("r50-fpn"))
    assert config.model == alone.model and config.steps == alone.steps and config.schedule == alone.schedule
    file = tmp_path / "wrong.yaml"
    file.write_text("model: 3\n")
    with pytest.raises(DocmarksError, match=r"wrong\.yaml: model"):
        resolve(Request(start="default", config_file=file), start, [])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("coco-r5O", "--from coco-r5O: no such file or published model; did you mean coco-r50"),
        ("nowhere.safetensors", "no such file or published model"),
    ],
)
def test_weights_that_are_not_there_are_one_line(name, message):
    with pytest.raises(DocmarksError, match=message):
        find_start(name)


def test_a_published_model_that_cannot_be_fetched_is_one_line(monkeypatch):
    def refuse(request, timeout):
        raise OSError("Network is unreachable")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(
        DocmarksError, match=r"could not be fetched; .*model_final_280758.pkl: Network is unreachable"
    ) as e:
        find_start("coco-r50")
    assert "\n" not in str(e.value)


def test_a_foreign_checkpoint_needs_its_configuration(tmp_path):
    (tmp_path / "model.pkl").write_bytes(b"")
    with pytest.raises(DocmarksError, match=r"needs its Detectron2 configuration beside it"):
        find_start(str(tmp_path / "model.pkl"))


def test_a_detectron2_model_can_be_started_from(tmp_path):
    reference = Path(__file__).parents[1] / "parity" / "reference"
    shutil.copy(reference / "r50_small.pkl", tmp_path / "model.pkl")
    shutil.copy(reference / "r50_small.yaml", tmp_path / "config.yaml")
    start = find_start(str(tmp_path / "model.pkl"))
    with pytest.raises(DocmarksError, match="name one with --label-set"):
        resolve(Request(start="x"), start, [])
    config = resolve(Request(start="x", label_set="v2"), start, [])
    assert config.freeze == 2 and config.model.head == "sigmoid" and config.model.input.channels == "bgr"


def test_minimum_scores_of_the_weights_to_start_from_survive_a_resume(work, tmp_path, unfinished):
    plan = request(work, tmp_path / "cut")
    with pytest.raises(Interrupted):
        run(plan, watch=lambda steps: nullcontext(Stops(at=2)))
    resume(tmp_path / "cut", {}, False, None, None)
    assert read_checkpoint(tmp_path / "cut" / "best.safetensors").info["thresholds"]["Signature"] == 0.81


class Stops(Unwatched):
    """Interrupts the run at a step, as Ctrl-C would."""

    def __init__(self, at):
        self.at = at

    def __call__(self, step, loss):
        if step == self.at:
            signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize(
    ("monitor", "values", "told"),
    [
        ("AP50", [0.5, 0.75, 0.6], "AP50 50.0% after step 0, 75.0% after step 10"),
        (
            "AP",
            [0.5, 0.4, 0.45],
            "AP 50.0% after step 0, 45.0% after step 20: " + NOTHING_BETTER,
        ),
        ("val_loss", [0.5, 0.4, 0.45], "val_loss 0.500 after step 0, 0.400 after step 10"),
        ("AP50", [0.5], ""),
    ],
)
def test_what_a_run_brought(tmp_path, monitor, values, told):
    lines = [json.dumps({"step": 10 * n, monitor: value}) for n, value in enumerate(values)]
    (tmp_path / "validation.jsonl").write_text("".join(line + "\n" for line in [*lines, json.dumps({"step": 30})]))
    assert gain(RunFolder(tmp_path), monitor) == told


def test_labels_that_the_label_set_does_not_know_are_told_or_refused(work, tmp_path):
    folder = tmp_path / "own"
    shutil.copytree(work / "squares", folder)
    data = json.loads((folder / "annotations.json").read_text())
    data["categories"].append({"id": 99, "name": "Stampp"})
    for record in data["annotations"][:3]:
        record["labels"] = ["Stampp"]
    (folder / "annotations.json").write_text(json.dumps(data))
    rules = LabelSet.load(work / "squares.yaml")
    (line,) = left_out([read(folder)], rules)
    assert line == f"3 boxes of Stampp are left out: label set {rules.name} does not have it (did you mean Stamp?)"
    for record in data["annotations"]:
        record["labels"] = ["Stampp"]
    (folder / "annotations.json").write_text(json.dumps(data))
    with pytest.raises(DocmarksError, match=r"nothing to train on: 12 boxes of Stampp are left out.*--label-set"):
        run(request(work, tmp_path / "run", data=(folder,)))


def test_without_data_nothing_is_trained(tmp_path):
    with pytest.raises(DocmarksError, match="name data sets to train on"):
        run(Request(out=tmp_path / "run"))
    assert not (tmp_path / "run").exists()


def test_a_wrong_value_of_an_option_is_no_mistake_in_a_file(work, tmp_path):
    with pytest.raises(DocmarksError, match=r"^command line: steps: Input should be greater than 0"):
        run(request(work, tmp_path / "run", changes={"steps": -4}))


def test_minimum_scores_survive_where_losses_alone_choose(work, tmp_path, unfinished):
    changes = {"validation": {"monitor": "val_loss", "loss_every": 1, "ap_every": 0}, "steps": 2}
    kept = run(request(work, tmp_path / "run", changes=changes))
    assert read_checkpoint(kept).info["thresholds"]["Signature"] == 0.81
