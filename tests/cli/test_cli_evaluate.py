"""The command as a user calls it, with the model that ships."""

import json
import shutil
import sys

import pytest
from PIL import Image

from docmarks.cli.main import main
from docmarks.data.coco_file import write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.labels.taxonomy import LABELS as ALL_LABELS
from docmarks.marks import Mark, Page
from docmarks.runtime.detector import Detector
from docmarks.synth.corpus import make_corpus
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.made import GeneralPages
from docmarks.synth.page import SyntheticPages

LABELS = frozenset(ALL_LABELS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    pages = SyntheticPages(InkLibrary.builtin(), ("lease",), empty=0.0, worn=False)
    make_corpus(GeneralPages(pages, 2, 0), folder)
    return folder


def run(*arguments, command="evaluate"):
    """Exit code of the command."""
    try:
        main([command, *(str(argument) for argument in arguments)])
    except SystemExit as stop:
        return stop.code or 0
    return 0


def test_tables_and_json(folder, tmp_path, capsys):
    assert run("default", folder, "--part", "all", "--json", tmp_path / "new" / "e.json") == 0
    shown = capsys.readouterr()
    assert "Average precision" in shown.out and "all sets" in shown.out and shown.err == ""
    data = json.loads((tmp_path / "new" / "e.json").read_text())
    (name,) = set(data["sets"]) - {"all sets"}
    assert data["sets"][name]["pages"] == 2
    figures = data["sets"][name]["labels"]
    assert figures and all(0 <= f["ap"] <= f["ap50"] <= 1 and f["n_pages"] == 2 for f in figures.values())
    # The model that ships finds what it was made for.
    assert max(f["ap50"] for f in figures.values()) > 0.3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["default", "/nowhere"], "no such file; a data set is a folder with annotations.json"),
        (["/nowhere/model.onnx", "{folder}"], "model.onnx"),
        (["default", "{folder}", "--assume-exhaustive", "leases"], "--assume-exhaustive leases: no such set"),
        (["default", "{folder}", "--json", "/proc/nowhere/e.json"], "cannot write into this folder"),
    ],
)
def test_mistakes_are_one_line(folder, capsys, arguments, message):
    assert run(*(argument.format(folder=folder) for argument in arguments)) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_an_unknown_part_is_refused(folder, capsys):
    assert run("default", folder, "--part", "training") == 2
    assert "validation" in capsys.readouterr().err


@pytest.fixture(scope="module")
def squares(tmp_path_factory):
    """Six pages with a square, which is a stamp."""
    folder = tmp_path_factory.mktemp("squares")
    pages = []
    for number in range(6):
        left, top = 60 + 30 * number, 40 + 25 * number
        page = Image.new("L", (300, 300), 255)
        page.paste(0, (left, top, left + 75, top + 75))
        page.save(folder / f"{number}.png")
        mark = Mark((left, top, left + 75, top + 75), ("Stamp",))
        pages.append(DatasetPage(folder / f"{number}.png", Page(300, 300, marks=(mark,)), str(number), LABELS))
    write(Dataset(folder, "squares", tuple(pages)), folder / "annotations.json")
    return folder


@pytest.fixture
def own(model, tmp_path):
    """A copy of the model, to be changed."""
    return shutil.copy(model, tmp_path / "own.onnx")


def test_a_report_folder_whose_predictions_give_the_same_numbers(squares, own, tmp_path, capsys):
    report, again = tmp_path / "report", tmp_path / "again"
    assert run(own, squares, "--part", "all", "-o", report, "--slices", "--by", "split") == 0
    assert sorted(file.name for file in report.iterdir()) == [
        "evaluation.html",
        "matches.npz",
        "metrics.csv",
        "metrics.json",
        "pages.csv",
        "predictions.json",
    ]
    assert "Slices" in capsys.readouterr().out
    assert run("--predictions", report / "predictions.json", squares, "--part", "all", "-o", again, "--slices") == 0
    for name in ("metrics.json", "metrics.csv", "predictions.json"):
        assert (report / name).read_text() == (again / name).read_text()
    data = json.loads((report / "metrics.json").read_text())
    assert data["sets"]["squares"]["labels"]["Stamp"]["ap50"] > 0.9 and data["slices"][0]["by"] == "box size"
    lines = (report / "metrics.csv").read_text().splitlines()
    assert lines[0].startswith("set,label,pages,truths,ap,ap50") and lines[1].startswith("squares,Stamp,6,6,")


def test_stored_thresholds_are_those_that_detect_uses(squares, own, tmp_path, capsys):
    assert run(own, squares, "--part", "all", "-o", tmp_path / "report", "--store") == 0
    best = json.loads((tmp_path / "report" / "metrics.json").read_text())["best_thresholds"]["Stamp"]["score"]
    assert Detector.load(own).thresholds == (0.5, best) and best != 0.5
    shown = capsys.readouterr().out
    assert f"{best:.2f}" in shown and str(own) in shown
    # Nothing reaches a precision of 1 but what is right; the copy has it, the model keeps its own.
    assert run(own, squares, "--part", "all", "--json", tmp_path / "m.json", "--target-precision", "1") == 0
    assert run(own, tmp_path / "m.json", "-o", tmp_path / "copy.onnx", command="thresholds") == 0
    target = json.loads((tmp_path / "m.json").read_text())["target_thresholds"]["Stamp"]
    assert target["precision"] == 1 and Detector.load(tmp_path / "copy.onnx").thresholds[1] == target["score"]
    assert Detector.load(own).thresholds == (0.5, best)


def test_thresholds_of_another_size_are_kept_apart(squares, own, tmp_path, capsys):
    measured = tmp_path / "metrics.json"
    usual = Detector.load(own).thresholds
    assert run(own, squares, "--part", "all", "--accurate", "--json", measured, "--target-precision", "1") == 0
    told = json.loads(measured.read_text())
    assert told["sizes"] == [1.0, 1.25] and told["nms_iou"] == Detector.load(own).sheet.config.roi.nms_iou
    assert run(own, measured, "-o", tmp_path / "copy.onnx", command="thresholds") == 0
    target = json.loads(measured.read_text())["target_thresholds"]["Stamp"]["score"]
    assert Detector.load(tmp_path / "copy.onnx", sizes=(1, 1.25)).thresholds[1] == target
    assert Detector.load(tmp_path / "copy.onnx").thresholds == usual
    assert run("default", "-o", tmp_path, "--thresholds", measured, command="export") == 2
    assert f"{measured}: measured with --fast or --accurate" in capsys.readouterr().err


def test_labels_that_exclude_each_other(squares, tmp_path, capsys):
    """Each square is found as a stamp, and with more confidence as a signature: suppression leaves no stamp."""
    given, pairs = tmp_path / "found.json", tmp_path / "pairs.yaml"
    pairs.write_text("- [Stamp, Signature, 0.5]\n")
    boxes = {f"{number}.png": [60 + 30 * number, 40 + 25 * number, 75, 75] for number in range(6)}
    labels = {"Stamp": 0.75, "Signature": 0.875}
    found = [
        {"file_name": name, "label": label, "bbox": box, "score": score}
        for name, box in boxes.items()
        for label, score in labels.items()
    ]
    given.write_text(json.dumps(found))
    stamps = {}
    for name, more in (("before", []), ("after", ["--cross-nms", pairs])):
        assert run("--predictions", given, squares, "--part", "all", "-o", tmp_path / name, *more) == 0
        data = json.loads((tmp_path / name / "metrics.json").read_text())
        stamps[name] = data["sets"]["squares"]["labels"]["Stamp"]["ap50"]
    assert stamps == {"before": 1, "after": 0} and data["cross_nms"] == [["Stamp", "Signature", 0.5]]
    left = json.loads((tmp_path / "after" / "predictions.json").read_text())
    assert [one["label"] for one in left] == ["Signature"] * 6
    page = (tmp_path / "after" / "evaluation.html").read_text()
    assert '<th scope="row">Signature + Stamp</th><td>6</td><td>0</td><td>0</td>' in page
    capsys.readouterr()
    pairs.write_text("- [Stamp, Initials, 0.5]\n- [Stamp, Coffee, 0.5]\n")
    assert run("--predictions", given, squares, "--part", "all", "-o", tmp_path / "none", "--cross-nms", pairs) == 2
    assert "the detector has no label Coffee" in capsys.readouterr().err


def test_without_what_reports_need_the_numbers_are_written(squares, own, tmp_path, monkeypatch, capsys):
    for name in [name for name in sys.modules if name.startswith("docmarks.report.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert run(own, squares, "--part", "all", "-o", tmp_path / "report") == 0
    told = capsys.readouterr().err
    assert "without evaluation.html (jinja2 is not installed; pip install 'docmarks[train]')" in told
    assert (tmp_path / "report" / "metrics.json").is_file() and not (tmp_path / "report" / "evaluation.html").exists()


def test_an_interrupted_run_goes_on(squares, own, tmp_path, monkeypatch):
    seen, real = [], Detector.__call__

    def interrupted(detector, image):
        seen.append(1)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return real(detector, image)

    monkeypatch.setattr(Detector, "__call__", interrupted)
    report = tmp_path / "report"
    assert run(own, squares, "--part", "all", "-o", report) == 130
    assert [file.name for file in report.iterdir()] == [".predictions.part.jsonl"]
    done = len((report / ".predictions.part.jsonl").read_text().splitlines()) - 1
    seen.clear()
    monkeypatch.setattr(Detector, "__call__", lambda detector, image: seen.append(1) or real(detector, image))
    assert run(own, squares, "--part", "all", "-o", report) == 0
    assert len(seen) == 6 - done and 0 < done < 6
    whole = tmp_path / "whole"
    assert run(own, squares, "--part", "all", "-o", whole) == 0
    assert (whole / "metrics.json").read_text() == (report / "metrics.json").read_text()
    assert not (report / ".predictions.part.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["default"], "name a model and then data sets"),
        (["default", "{folder}", "--store"], "--store needs a model of yours"),
        (["default", "{folder}", "--fast", "--accurate"], "take one of them"),
        (["--predictions", "/nowhere.json", "{folder}", "--fast"], "with --predictions none runs"),
        (["--predictions", "/nowhere.json", "{folder}", "--no-auto-rotate"], "with --predictions none runs"),
        (["--predictions", "/nowhere.json", "{folder}"], "/nowhere.json: no such file"),
        (["--predictions", "{folder}/annotations.json", "{folder}", "--label-set", "v9"], "no such label set"),
        (["--predictions", "{folder}/annotations.json", "{folder}"], "has the score None"),
    ],
)
def test_more_mistakes_are_one_line(squares, capsys, arguments, message):
    assert run(*(argument.format(folder=squares) for argument in arguments)) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_a_size_is_told_and_changes_what_is_found(squares, own, tmp_path):
    found = {}
    for flags in ((), ("--fast",)):
        assert run(own, squares, "--part", "all", "--json", tmp_path / "m.json", *flags) == 0
        found[flags] = json.loads((tmp_path / "m.json").read_text())
    assert [one["model"] for one in found.values()] == ["squares", "squares, size 0.75"]
    usual, fast = (one["sets"]["squares"]["labels"]["Stamp"]["ap"] for one in found.values())
    assert usual > fast  # the network knows squares of one size alone
