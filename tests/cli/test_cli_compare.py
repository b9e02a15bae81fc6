"""Runs by their reports, by predictions, by models."""

import json

import pytest
from PIL import Image

from docmarks.cli.main import main
from docmarks.data.coco_file import write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark, Page


@pytest.fixture(scope="module")
def squares(tmp_path_factory):
    folder = tmp_path_factory.mktemp("squares")
    pages = []
    for number in range(4):
        left = 40 + 40 * number
        page = Image.new("L", (300, 300), 255)
        page.paste(0, (left, left, left + 75, left + 75))
        page.save(folder / f"{number}.png")
        marks = (Mark((left, left, left + 75, left + 75), ("Stamp",)),)
        pages.append(DatasetPage(folder / f"{number}.png", Page(300, 300, marks=marks), str(number), frozenset(LABELS)))
    write(Dataset(folder, "squares", tuple(pages)), folder / "annotations.json")
    return folder


def run(*arguments):
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return stop.code or 0
    return 0


def test_reports_predictions_and_models(squares, model, tmp_path, capsys):
    assert run("evaluate", model, squares, "--part", "all", "-o", tmp_path / "one" / "report") == 0
    records = json.loads((tmp_path / "one" / "report" / "predictions.json").read_text())
    half = tmp_path / "half.json"
    half.write_text(json.dumps([record for record in records if record["image_id"] < 3]))
    assert run("evaluate", "--predictions", half, squares, "--part", "all", "-o", tmp_path / "two") == 0
    capsys.readouterr()
    assert run("compare", tmp_path / "one", tmp_path / "two" / "metrics.json", "--json", tmp_path / "c.json") == 0
    shown = capsys.readouterr().out
    assert "AP50 with 95 % intervals" in shown and "4 pages of 4 documents" in shown
    reports = json.loads((tmp_path / "c.json").read_text())
    assert reports["runs"] == ["one", "two"] and reports["differences"]["ap50"]["Stamp"]["two"]["by"]["value"] < 0
    assert run("compare", "default", half, "--data", squares, "--part", "all") == 0
    assert run("compare", model, half, "--data", squares, "--part", "all", "--json", tmp_path / "d.json") == 0
    fresh = json.loads((tmp_path / "d.json").read_text())
    for label, by_run in reports["figures"]["ap50"].items():
        assert list(fresh["figures"]["ap50"][label].values()) == list(by_run.values())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{folder}"], "name a second run"),
        (["{folder}", "{folder}"], "is named twice"),
        (["{folder}", "/nowhere"], "holds no evaluation; write one with `docmarks evaluate"),
        (["/nowhere", "{folder}"], "/nowhere: no such file or folder"),
    ],
)
def test_mistakes_are_one_line(squares, capsys, arguments, message):
    assert run("compare", *(argument.format(folder=squares) for argument in arguments)) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
