"""A page about pages that are drawn here, read as a browser reads it; the counting script is run where node is."""

import base64
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docmarks.errors import DocmarksError
from docmarks.evaluate.confusion import confusion, thresholded
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.evaluate.pairs import pair
from docmarks.evaluate.panels import Crop
from docmarks.report.evaluation_page import write_page
from docmarks.report.panels import draw_crop, draw_page, window
from docmarks.runtime.cross_label_nms import CrossLabelNMS
from marked import LABELS, found, page

A, B, C = (100.0, 100.0, 300.0, 180.0), (500.0, 100.0, 700.0, 180.0), (100.0, 500.0, 160.0, 560.0)

TEMPLATES = Path(write_page.__globals__["__file__"]).parent / "templates"


class Parts(HTMLParser):
    """The text of every script by its id, all tags, and the text of the rest."""

    def __init__(self, text):
        super().__init__()
        self.scripts, self.tags, self.text, self._id = {}, [], "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self._id = dict(attributes).get("id", "") if tag == "script" else None

    def handle_endtag(self, tag):
        self._id = None

    def handle_data(self, data):
        if self._id is None:
            self.text += data
        else:
            self.scripts[self._id] = self.scripts.get(self._id, "") + data


@pytest.fixture
def evaluation(tmp_path):
    """Two pages; on the first a signature is right, a date is taken for a stamp, a third mark is missed."""
    pixels = np.full((1000, 800, 3), 255, np.uint8)
    pixels[100:180, 100:300] = 40
    Image.fromarray(pixels).save(tmp_path / "a.png")
    Image.fromarray(pixels).save(tmp_path / "b.png")
    first = page((A, "Signature"), (B, "Date"), (C, "Date"))
    first = replace(first, file=tmp_path / "a.png", page=replace(first.page, width=800, height=1000))
    second = replace(page(exhaustive=["Signature"]), file=tmp_path / "b.png", page=replace(page().page, width=800))
    predictions = (
        found((A, {"Signature": 0.9}), (B, {"Stamp": 0.8, "Date": 0.3})),
        found((C, {"Signature": 0.7, "Stamp": 0.6})),
    )
    return Evaluation(LABELS, (0.5, 0.5, 0.5), (SetResult("made", (first, second), predictions, LABELS),))


def test_everything_is_in_the_one_file(evaluation, tmp_path):
    file = write_page(evaluation, tmp_path / "report", title="A & B")
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["evaluation.html"] == [file.name]
    parts = Parts(file.read_text())
    assert "A & B" in parts.text and "2 pages, 3 annotated marks" in " ".join(parts.text.split())
    assert not [1 for _, attributes in parts.tags if {"src", "href"} & attributes.keys() and "#" not in str(attributes)]
    assert "http://" not in file.read_text().replace("http://www.w3.org/2000/svg", "")
    data = json.loads(parts.scripts["data"])
    # The date under the stamp is not missed: by the study's rule it has a prediction.
    assert {cell: len(crops) for cell, crops in data["cells"].items()} == {"0,0": 1, "2,1": 1, "0,3": 1, "3,1": 1}
    for crops in data["cells"].values():
        for number, _, _ in crops:
            picture = Image.open(io.BytesIO(base64.b64decode(parts.scripts[f"crop-{number}"])))
            assert picture.format == "WEBP" and picture.width <= 240 and picture.height <= 120
    assert {key for key in parts.scripts if key.startswith("page-")} == {"page-0", "page-1"}
    assert data["pages"]["0"]["truth"][0] == [[0], [100, 100, 200, 80]]
    assert data["pages"]["1"]["unknown"] == [1, 2] and data["pages"]["1"]["found"][1][:2] == [2, 0.6]
    assert data["worst"] == [[0, [0, 1, 1]], [1, [1, 0, 0]]]


def test_several_sets_are_counted_together_and_apart(evaluation, tmp_path):
    (result,) = evaluation.results
    halves = [
        SetResult(name, result.pages[part], result.predictions[part], LABELS)
        for name, part in (("first", slice(0, 1)), ("second", slice(1, 2)))
    ]
    text = write_page(replace(evaluation, results=tuple(halves)), tmp_path / "r").read_text()
    data = json.loads(Parts(text).scripts["data"])
    assert [one["set"] for one in data["confusion"]] == ["all sets", "first", "second"]
    whole, *apart = (one["rules"]["one-to-one"]["cells"] for one in data["confusion"])
    assert [[sum(t) for t in p] for p in whole] == [
        [sum(sum(part[p][t]) for part in apart) for t in range(4)] for p in range(3)
    ]
    assert [data["pages"][n]["set"] for n in "01"] == ["first", "second"]


def test_hostile_names_stay_text(evaluation, tmp_path):
    evil = "</script><img src=x onerror=alert(1)>&\"'"
    (result,) = evaluation.results
    file = tmp_path / "<script>alert(2)<script>.png"
    shutil.copy(tmp_path / "a.png", file)
    pages = (replace(result.pages[0], file=file), result.pages[1])
    labels = ("Signature", "Date", evil)
    predictions = tuple(replace(one, labels=labels) for one in result.predictions)
    named = SetResult(evil, pages, predictions, labels)
    text = write_page(Evaluation(labels, (0.5,) * 3, (named,)), tmp_path / "r", title=evil).read_text()
    parts = Parts(text)
    assert not any(tag == "img" for tag, _ in parts.tags) and "<script>alert" not in text
    assert json.loads(parts.scripts["data"])["labels"][2] == evil and evil in parts.text


def test_a_page_that_cannot_be_read_is_told(evaluation, tmp_path):
    (tmp_path / "b.png").unlink()
    parts = Parts(write_page(evaluation, tmp_path / "r").read_text())
    assert "no such image" in parts.scripts["gone-1"] and "page-0" in parts.scripts


def test_nothing_found_and_nothing_there(tmp_path):
    for pages, predictions in (((), ()), ((page(),), (found(),))):
        empty = Evaluation(LABELS, (0.5,) * 3, (SetResult("empty", pages, predictions, LABELS),))
        data = json.loads(Parts(write_page(empty, tmp_path / "r").read_text()).scripts["data"])
        assert data["cells"] == {} and data["worst"] == []


def test_suppression_between_labels_is_shown_beside(evaluation, tmp_path):
    after = evaluation.suppressed(CrossLabelNMS({("Signature", "Stamp"): 0.5}))
    text = " ".join(Parts(write_page(after, tmp_path / "r", unsuppressed=evaluation).read_text()).text.split())
    assert "predictedafterannotated" in text and "of what was left after that" in text


def test_overlaps_go_up_to_the_detector_s_own_threshold(evaluation, tmp_path):
    (result,) = evaluation.results
    third = (200.0, 100.0, 400.0, 180.0)  # IoU 1/3 with A
    one = replace(result, predictions=(found((A, {"Signature": 0.9}), (third, {"Signature": 0.8})), found()))

    def rows(nms_iou):
        made = replace(evaluation, results=(one,), nms_iou=nms_iou)
        text = " ".join(Parts(write_page(made, tmp_path / "r").read_text()).text.split())
        return text[text.index("(IoU 0.1 to its") : text.index("two labelspredicted")]

    assert "to its threshold, 0.4)" in rows(0.4) and "Signature1" in rows(0.4)
    assert "to its threshold, 0.3)" in rows(0.3) and "none" in rows(0.3)
    assert "threshold, 0.5: assumed, as predictions do not tell what left them)" in rows(None)


def test_a_failed_write_leaves_nothing(evaluation, tmp_path):
    def interrupted(pages):
        yield pages[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_page(evaluation, tmp_path / "r", progress=interrupted)
    assert not list((tmp_path / "r").iterdir())
    (tmp_path / "file").write_text("")
    with pytest.raises(DocmarksError, match="choose another -o"):
        write_page(evaluation, tmp_path / "file")


@pytest.mark.skipif(shutil.which("node") is None, reason="runs the page's own script")
def test_the_script_counts_as_python_does():
    rng = np.random.default_rng(3)
    places = [A, B, C, (110.0, 105.0, 300.0, 180.0)]
    predictions, pages = [], []
    for _ in range(20):
        rows = [(places[i], {str(rng.choice(LABELS)): float(rng.random())}) for i in rng.integers(0, 4, 5)]
        predictions.append(found(*rows))
        pages.append(page(*((places[i], str(rng.choice(LABELS))) for i in rng.integers(0, 4, 3))))
    pairs = pair(predictions, pages, LABELS)
    thresholds = [0.01, 0.29, 0.5, 0.57, 0.7, 0.99]
    script = (TEMPLATES / "confusion.js").read_text()
    script += f"""
    const data = {json.dumps(thresholded(pairs))};
    const found = {thresholds}.map(t => countConfusion(data, Math.round(t * data.steps)).counts);
    const shares = ["predicted", "truth"].map(by => normaliseConfusion(found[2], by));
    console.log(JSON.stringify([found, ...shares]));
    """
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    counts, by_row, by_column = json.loads(done.stdout)
    assert counts == [confusion(pairs, threshold).counts.tolist() for threshold in thresholds]
    half = confusion(pairs)
    np.testing.assert_allclose(np.array(by_row, float), half.row_normalised)
    np.testing.assert_allclose(np.array(by_column, float), half.column_normalised)


def test_crops_show_the_prediction_tinted_and_the_truth_outlined():
    white = np.full((300, 400), 255, np.uint8)
    data = draw_crop(white, Crop(0, (50, 50, 150, 100), (150, 100, 200, 140), 0.9), "Signature", "Date")
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    left, top, _, _ = window(Crop(0, (50, 50, 150, 100), (150, 100, 200, 140), 0.9), (400, 300))
    assert picture.shape[0] <= 120
    factor = picture.shape[1] / (window(Crop(0, (50, 50, 150, 100), (150, 100, 200, 140), 0.9), (400, 300))[2] - left)

    def at(x, y):
        return picture[round((y - top) * factor), round((x - left) * factor)]

    assert at(100, 75)[0] > at(100, 75)[1] + 20  # red is mixed in
    assert np.ptp(at(175, 120)) < 15 and at(175, 120).min() > 235  # the ground truth's inside is paper


@pytest.mark.parametrize("box", [(-50, -50, -10, -10), (500, 400, 900, 700), (0, 0, 0, 0), (399, 299, 400, 300)])
def test_a_window_is_on_the_page_wherever_a_box_is(box):
    left, top, right, bottom = window(Crop(0, box, None, 0.5), (400, 300))
    assert 0 <= left < right <= 400 and 0 <= top < bottom <= 300
    assert draw_crop(np.zeros((300, 400, 3), np.uint8), Crop(0, box, None, 0.5), "Date", None)


def test_a_page_is_made_small_enough():
    noise = np.random.default_rng(0).integers(0, 255, (1400, 1000), np.uint8)
    large, small = draw_page(noise, 10**7), draw_page(noise, 1)
    assert max(Image.open(io.BytesIO(large)).size) == 1000 and max(Image.open(io.BytesIO(small)).size) == 560
    assert re.match(rb"RIFF....WEBP", small, re.DOTALL)
