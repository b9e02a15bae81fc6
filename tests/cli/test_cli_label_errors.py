"""As a user calls it, with the model that ships, on made pages."""

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from docmarks.cli.main import main
from docmarks.data.coco_file import write
from docmarks.data.read_page import read_page
from docmarks.evaluate.match import iou_matrix
from docmarks.runtime.detector import Detector
from docmarks.synth.corpus import make_corpus
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.made import GeneralPages
from docmarks.synth.page import SyntheticPages


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Three leases; a signature that the model is sure of is not annotated."""
    root = tmp_path_factory.mktemp("made")
    leases = SyntheticPages(InkLibrary.builtin(), ("lease",), empty=0.0, worn=False)
    made = make_corpus(GeneralPages(leases, 3, 5), root)
    detector, pages = Detector.load(), list(made.pages)
    column = detector.labels.index("Signature")
    sure = []
    for number, page in enumerate(pages):
        found = detector(read_page(page))
        signatures = [mark for mark in page.page.marks if mark.labels == ("Signature",)]
        overlap = iou_matrix(np.array([m.box for m in signatures]).reshape(-1, 4), found.boxes.astype(float))
        for mark, row in zip(signatures, np.where(overlap > 0.6, found.scores[:, column], 0), strict=True):
            sure.append((row.max(initial=0), number, mark))
    score, number, gone = max(sure, key=lambda one: one[0])
    assert score > 0.5
    marks = tuple(mark for mark in pages[number].page.marks if mark is not gone)
    pages[number] = replace(pages[number], page=replace(pages[number].page, marks=marks))
    write(replace(made, pages=tuple(pages)), root / "annotations.json")
    return root, gone


def call(*arguments):
    """The exit code."""
    return main_data("label-errors", *arguments)


def main_data(*arguments):
    try:
        main(["data", *(str(a) for a in arguments)])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def test_what_was_left_out_is_found(folder, tmp_path, capsys):
    root, gone = folder
    out = tmp_path / "errors"
    assert call(root, "-o", out, "--least", 0.02) == 0
    assert "suspects on" in capsys.readouterr().out
    assert {"label_errors.csv", "label_errors.json", "label_errors.html", "tasks.json"} <= {
        path.name for path in out.iterdir()
    }
    found = json.loads((out / "label_errors.json").read_text())
    rows = list(csv.DictReader((out / "label_errors.csv").read_text().splitlines()))
    assert len(rows) == len(found) and rows[0]["rank"] == "1" and rows[0]["kind"] == found[0]["kind"]
    centre = ((gone.box[0] + gone.box[2]) / 2, (gone.box[1] + gone.box[3]) / 2)
    here = [
        one
        for one in found
        if one["kind"] == "overlooked"
        and one["suggested_box"][0] < centre[0] < one["suggested_box"][2]
        and one["suggested_box"][1] < centre[1] < one["suggested_box"][3]
    ]
    assert here and here[0]["mark"] is None
    text = (out / "label_errors.html").read_text()
    assert text.count('class="picture"') == len(found) and "http" not in text.split("</style>")[1]
    tasks = json.loads((out / "tasks.json").read_text())
    assert len(tasks) == len({one["file"] for one in found}) and all(task["annotations"] for task in tasks)
    scored = [entry for task in tasks for entry in task["predictions"][0]["result"] if "score" in entry]
    assert 0 < len(scored) <= len(found)
    # As the tasks are they change nothing.
    before = (root / "annotations.json").read_text()
    main_data("update", root, out / "tasks.json")
    assert (root / "annotations.json").read_text() == before


def test_mistakes_are_one_line(folder, tmp_path, capsys):
    root, _ = folder
    assert call(tmp_path / "none") == 2 and "annotations.json" in capsys.readouterr().err
    assert call(root, "--model", tmp_path / "no.onnx", "-o", tmp_path / "e") == 2
    assert "no.onnx" in capsys.readouterr().err
    assert call(root, "--kfold", 2, "--config", tmp_path / "no.yaml", "-o", tmp_path / "e") == 2
    assert "no such configuration" in capsys.readouterr().err


def test_what_evaluate_found_is_judged_without_the_model(folder, tmp_path, capsys):
    root, _ = folder
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", "default", str(root), "--part", "all", "-o", str(tmp_path / "report")])
    assert not ended.value.code and (tmp_path / "report" / "evaluation.html").is_file()
    assert call(root, "-o", tmp_path / "a", "--least", 0.02) == 0
    assert call(root, "-o", tmp_path / "b", "--least", 0.02, "--predictions", tmp_path / "report/predictions.json") == 0
    ranked = [json.loads((tmp_path / name / "label_errors.json").read_text()) for name in "ab"]
    assert [(one["kind"], one["file"], one["mark"]) for one in ranked[0]] == [
        (one["kind"], one["file"], one["mark"]) for one in ranked[1]
    ]
    assert call(root, "-o", tmp_path / "c", "--kfold", 2, "--predictions", tmp_path / "p.json") == 2
    assert "give one of them" in capsys.readouterr().err
