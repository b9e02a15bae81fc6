"""Predictions of every form, on two small sets."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.errors import DocmarksError
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.evaluate.run import evaluate_predictions
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Detections, Document, Mark, Page
from docmarks.results.evaluation_files import write_evaluation
from docmarks.results.predictions_file import read_predictions
from docmarks.results.schema import ModelRecord, record

BOX = (10.0, 20.0, 40.0, 60.0)
BBOX = [10, 20, 30, 40]


def dataset(root, name="leases", first_id=1, files=("images/a.png", "images/b.png")):
    pages = tuple(
        DatasetPage(root / file, Page(100, 200, marks=(Mark(BOX, ("Signature",)),)), file, frozenset(LABELS),
                    identifier=first_id + i)
        for i, file in enumerate(files)
    )  # fmt: skip
    return Dataset(root, name, pages, categories={1: "Signature", 2: "Name"})


@pytest.fixture
def read(tmp_path):
    """Writes predictions and reads them for a set."""

    def call(data, *datasets):
        file = tmp_path / "found.json"
        file.write_text(json.dumps(data))
        return read_predictions(file, datasets or [dataset(tmp_path)])

    return call


def coco(**changes):
    return {"image_id": 1, "category_id": 1, "bbox": BBOX, "score": 0.75} | changes


def scores(predictions, file):
    """(box, {label: score}) of every detection of a page."""
    found = predictions.found[file, 1]
    return [
        (tuple(box), {predictions.labels[k]: row[k] for k in np.flatnonzero(row)})
        for box, row in zip(found.boxes.tolist(), found.scores, strict=True)
    ]


def test_coco_results_by_image_and_category(read, tmp_path):
    found = read([coco(), coco(image_id=2, category_id=2, score=0)])
    assert scores(found, tmp_path / "images/a.png") == [(BOX, {"Signature": 0.75})]
    # A Name is Handwriting in the default label set; a score of 0 is still a detection.
    ((_, labels),) = scores(found, tmp_path / "images/b.png")
    assert set(labels) == {"Handwriting"} and 0 < labels["Handwriting"] < 1e-30
    assert found.thresholds == (0.5,) * 9 and found.notes == ()


@pytest.mark.parametrize("name", ["images/a.png", "a.png", "a", "{root}/images/a.png", "images\\a.png"])
def test_pages_by_file_name(read, tmp_path, name):
    found = read([coco(image_id=77, file_name=name.format(root=tmp_path.as_posix()))])
    assert list(found.found) == [(tmp_path / "images/a.png", 1)]


@pytest.mark.parametrize("label", ["Filled Checkbox", "filled_checkbox", "FilledCheckbox"])
def test_labels_by_name_however_spelt(read, tmp_path, label):
    assert list(scores(read([coco(label=label)]), tmp_path / "images/a.png")[0][1]) == ["Filled Checkbox"]


def test_what_is_left_out_is_told(read):
    found = read([coco(), coco(label="Coffee stain"), coco(image_id=9), coco(image_id=8)])
    assert found.notes == (
        "1 boxes of Coffee stain, which label set default does not have, are left out",
        "2 boxes are of 2 pages that are not in the data sets, such as 9",
    )


def test_one_box_with_two_labels_is_one_detection(read, tmp_path):
    two = [coco(label="Stamp"), coco(label="Date", score=0.5), coco(label="Stamp", score=0.4)]
    assert [labels for _, labels in scores(read(two), tmp_path / "images/a.png")] == [
        {"Stamp": 0.75, "Date": 0.5},
        {"Stamp": 0.4},
    ]


def test_a_coco_object_with_scores(read, tmp_path):
    data = {
        "images": [{"id": 5, "file_name": "b.png", "width": 50, "height": 100}],
        "categories": [{"id": 3, "name": "Stamp"}],
        "annotations": [
            {"image_id": 5, "category_id": 3, "bbox": [0, 0, 5, 5], "score": 0.5},
            {"image_id": 5, "category_id": 3, "bbox": [5, 10, 15, 20], "labels": ["Date", "Stamp"], "scores": [1, 0.5]},
        ],
    }
    # Seen at half the size.
    assert scores(read(data), tmp_path / "images/b.png") == [
        ((0, 0, 10, 10), {"Stamp": 0.5}),
        (BOX, {"Date": 1.0, "Stamp": 0.5}),
    ]


def test_an_object_whose_images_and_categories_have_no_identifiers(read, tmp_path):
    data = {"images": [{"id": [1]}, {}], "categories": [{"id": {}, "name": "Name"}], "annotations": [coco()]}
    assert scores(read(data), tmp_path / "images/a.png") == [(BOX, {"Signature": 0.75})]


def test_what_detect_wrote(read, tmp_path):
    marks = (Mark(BOX, ("Date", "Stamp"), (0.9, 0.4)),)
    done = record(Document(Path("a.png"), (Page(100, 200, 72, 1, marks),)), ModelRecord(name="m", version="1"))
    expected = [(BOX, {"Date": 0.9, "Stamp": 0.4})]
    assert scores(read(done.model_dump()), tmp_path / "images/a.png") == expected
    assert scores(read([done.model_dump()]), tmp_path / "images/a.png") == expected
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a.json").write_text(done.model_dump_json())
    (folder / "marks.coco.json").write_text("{}")
    assert scores(read_predictions(folder, [dataset(tmp_path)]), tmp_path / "images/a.png") == expected


def numbered(page, number):
    return replace(page, page=replace(page.page, number=number))


def test_pages_of_a_document(read, tmp_path):
    two = dataset(tmp_path, files=("a.pdf", "a.pdf"))
    two = replace(two, pages=tuple(numbered(page, n) for n, page in enumerate(two.pages, start=1)))
    found = read([coco(image_id=2, page=2), coco(image_id=1, file_name="a.pdf")], two)
    assert set(found.found) == {(tmp_path / "a.pdf", 1), (tmp_path / "a.pdf", 2)}
    marks = (Mark(BOX, ("Stamp",), (0.9,)),)
    pages = tuple(Page(100, 200, 72, n, marks) for n in (2, 3))
    done = record(Document(Path("a.pdf"), pages), ModelRecord(name="m", version="1")).model_dump()
    found = read(done, two)
    assert set(found.found) == {(tmp_path / "a.pdf", 2)} and "1 boxes are of 1 pages that are not" in found.notes[0]
    # An image that once was page 7 of a document, and is a file of its own now.
    once = dataset(tmp_path, files=("a.png",))
    once = replace(once, pages=(numbered(once.pages[0], 7),))
    single = record(Document(Path("a.png"), (Page(100, 200, 72, 1, marks),)), ModelRecord(name="m", version="1"))
    assert set(read(single.model_dump(), once).found) == {(tmp_path / "a.png", 7)}


def test_several_sets(read, tmp_path):
    one, two = dataset(tmp_path / "one", "one"), dataset(tmp_path / "two", "two")
    with pytest.raises(DocmarksError, match=r"record 1 may be of .*one/images/a.png \(page 1\) and .*two/images/a.png"):
        read([coco()], one, two)
    found = read([coco(set="two"), coco(file_name=f"{tmp_path}/one/images/b.png")], one, two)
    assert set(found.found) == {(tmp_path / "two/images/a.png", 1), (tmp_path / "one/images/b.png", 1)}
    other = replace(two, categories={1: "Stamp"})
    with pytest.raises(DocmarksError, match="category 1 is Signature and Stamp"):
        read([coco(set="two")], one, other)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "neither COCO results"),
        ("text", "neither COCO results"),
        ([3], "record 1 is no object"),
        ([coco(bbox=[1, 2, 3])], "needs a bbox of four numbers"),
        ([coco(bbox=[1, 2, -3, 4])], "negative width or height"),
        ([coco(bbox=[1, 2, float("nan"), 4])], "needs a bbox of four numbers"),
        ([coco(score=87)], "has the score 87; write a number from 0 to 1"),
        ([coco(score=float("nan"))], "write a number from 0 to 1"),
        ([coco(score=None)], "write a number from 0 to 1"),
        ([coco(category_id=7)], "no data set has the category 7"),
        ([coco(category_id=[7])], "no data set has the category"),
        ([coco(image_id=99)], "nothing in it is of these data sets: 1 boxes are of 1 pages"),
        ([coco(image_id=None)], "nothing in it is of these data sets"),
        ([coco(width=100, height=100)], "is of a page of 100 x 100, .*a.png is 100 x 200; detect again"),
        ({"pages": [], "file": "a.png"}, "it is no result of"),
    ],
)
def test_mistakes_are_one_line(read, data, message):
    with pytest.raises(DocmarksError, match=message) as caught:
        read(data)
    assert "found.json" in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_file_and_an_empty_folder(tmp_path):
    with pytest.raises(DocmarksError, match="no such file"):
        read_predictions(tmp_path / "none.json", [dataset(tmp_path)])
    with pytest.raises(DocmarksError, match="no result of `docmarks detect`"):
        read_predictions(tmp_path, [dataset(tmp_path)])


def test_an_evaluation_reads_back_as_itself(tmp_path):
    rng = np.random.default_rng(0)
    labels = ("Signature", "Stamp")
    given = dataset(tmp_path)
    found = []
    for _ in given.pages:
        left_top = rng.uniform(0, 50, (6, 2))
        boxes = np.concatenate((left_top, left_top + rng.uniform(1, 50, (6, 2))), axis=1).astype(np.float32)
        kept = rng.uniform(size=(6, 2)).astype(np.float32) * (rng.uniform(size=(6, 2)) > 0.3)
        found.append(Detections(boxes, kept.astype(np.float32), labels))
    first = Evaluation(
        labels, (0.25, 0.75), (SetResult("leases", given.pages, tuple(found), labels),), model="m", nms_iou=0.7
    )
    write_evaluation(first, tmp_path / "report")
    again = read_predictions(tmp_path / "report/predictions.json", [given])
    second = evaluate_predictions(again, [given], "all")
    assert second.nms_iou == 0.7
    assert second.to_json() == first.to_json()


def test_pycocotools_takes_the_written_file(tmp_path):
    from pycocotools.coco import COCO

    given = dataset(tmp_path)
    found = Detections(np.array([BOX], np.float32), np.array([[0.5, 0.25]], np.float32), ("Signature", "Stamp"))
    result = SetResult("leases", given.pages, (found, found), found.labels)
    write_evaluation(Evaluation(found.labels, (0.5, 0.5), (result,)), tmp_path / "report")
    truth = COCO()
    truth.dataset = {
        "images": [{"id": 1}, {"id": 2}], "annotations": [], "categories": [{"id": 1}, {"id": 2}], "info": {}
    }  # fmt: skip
    truth.createIndex()
    loaded = truth.loadRes(str(tmp_path / "report/predictions.json"))
    assert len(loaded.anns) == 4 and loaded.anns[1]["bbox"] == BBOX


def test_a_hostile_nesting_is_one_line(tmp_path):
    file = tmp_path / "deep.json"
    file.write_text("[" * 100_000)
    with pytest.raises(DocmarksError, match="nested too deep"):
        read_predictions(file, [dataset(tmp_path)])


@pytest.mark.parametrize("label", ["Other Text", "other_text", "name"])
def test_source_labels_by_name_however_spelt(read, tmp_path, label):
    assert list(scores(read([coco(label=label)]), tmp_path / "images/a.png")[0][1]) == ["Handwriting"]


def test_two_source_labels_of_one_label_are_one_detection(read, tmp_path):
    found = read([coco(label="Name", score=0.5), coco(label="Other Text"), coco(label="Name", score=0.25)])
    assert [labels for _, labels in scores(found, tmp_path / "images/a.png")] == [
        {"Handwriting": 0.75},
        {"Handwriting": 0.25},
    ]


def test_a_page_of_the_same_name_in_another_folder_is_another(read, tmp_path):
    own, other = coco(image_id=77, file_name="images/a.png"), coco(image_id=78, file_name="scans/a.png")
    for records in ([own, other], [other, own]):
        found = read(records)
        assert len(found.found[tmp_path / "images/a.png", 1]) == 1
        assert found.notes == ("1 boxes are of 1 pages that are not in the data sets, such as scans/a.png",)
    assert (
        len(read([other]).found[tmp_path / "images/a.png", 1]) == 1
    )  # alone, it is the page in a folder of another name
    deeper = [coco(file_name="/there/images/a.png"), coco(file_name="/there/scans/a.png")]
    assert len(read(deeper).found[tmp_path / "images/a.png", 1]) == 1
    with pytest.raises(DocmarksError, match=r"scans/a.png and old/a.png may both be .*images/a.png; correct"):
        read([other, coco(image_id=79, file_name="old/a.png")])
