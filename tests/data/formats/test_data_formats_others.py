"""What we write, read by a library that others wrote; and what it writes, read by us."""

from dataclasses import replace
from pathlib import Path

import pytest

from docmarks.data.formats.formats import read_as, write_as
from docmarks.data.formats.yolo import place
from docmarks.marks import Mark

globox = pytest.importorskip("globox")


@pytest.fixture
def single(dataset, image):
    """One label a box, names without folders, all certain: what every format holds."""
    pages = []
    for page in dataset.pages:
        marks = tuple(Mark(mark.box, mark.labels[:1]) for mark in page.page.marks if not mark.ignore)
        file = image(dataset.root / place(replace(page, part=""), page.file.name))
        pages.append(replace(page, page=replace(page.page, marks=marks), part="", file=file))
    return replace(dataset, pages=tuple(pages))


def boxes(annotations):
    """(image, label, left, top, right, bottom), sorted."""
    found = []
    for annotation in annotations:
        for box in annotation.boxes:
            found.append((Path(annotation.image_id).name, box.label, *(round(v, 4) for v in box.ltrb)))
    return sorted(found)


def truth(dataset):
    return sorted(
        (page.file.name, mark.label, *(round(v, 4) for v in mark.box))
        for page in dataset.pages
        for mark in page.page.marks
    )


def test_coco(single, tmp_path):
    file = write_as(single, tmp_path / "coco.json", "coco")
    assert boxes(globox.AnnotationSet.from_coco(file)) == truth(single)
    tools = pytest.importorskip("pycocotools.coco").COCO(str(file))
    assert len(tools.getAnnIds()) == len(truth(single)) and sorted(tools.getCatIds()) == [1, 2, 3, 4]
    globox.AnnotationSet.from_coco(file).save_coco(tmp_path / "again.json", auto_ids=True)
    assert truth(read_as(tmp_path / "again.json", "coco")) == truth(single)


def test_cvat(single, tmp_path):
    file = write_as(single, tmp_path / "a.xml", "cvat")
    assert boxes(globox.AnnotationSet.from_cvat(file)) == truth(single)
    globox.AnnotationSet.from_cvat(file).save_cvat(tmp_path / "again.xml")
    assert truth(read_as(tmp_path / "again.xml", "cvat")) == truth(single)


def test_voc(single, tmp_path):
    folder = write_as(single, tmp_path / "voc", "voc")
    theirs = globox.AnnotationSet.from_pascal_voc(folder)
    assert boxes(theirs) == truth(single)
    theirs.save_pascal_voc(single.root / "theirs")
    assert truth(read_as(single.root / "theirs", "voc")) == truth(single)


def test_yolo(single):
    write_as(single, single.root, "yolo")
    labels, images = single.root / "labels" / "all", single.root / "images" / "all"
    theirs = globox.AnnotationSet.from_yolo_v5(labels, image_folder=images, image_extension=".png")
    order = {"0": "Signature", "1": "Date", "2": "Stamp", "3": "Barcode"}
    assert boxes(theirs.map_labels(order)) == truth(single)
