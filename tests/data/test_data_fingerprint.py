import json

import pytest
from PIL import Image

from docmarks.data.coco_file import FILE, read
from docmarks.data.fingerprint import fingerprint
from many_pages import document_set
from squares import square_pages


@pytest.fixture
def folder(tmp_path):
    return square_pages(tmp_path / "a")


def changed(folder, change):
    coco = json.loads((folder / FILE).read_text())
    change(coco)
    (folder / FILE).write_text(json.dumps(coco, indent=3))
    return fingerprint(read(folder))


def test_where_it_lies_and_in_which_order_does_not_matter(folder, tmp_path):
    before = fingerprint(read(folder))
    folder.rename(tmp_path / "b")
    assert changed(tmp_path / "b", lambda coco: coco["images"].reverse()) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda coco: coco["annotations"][0]["bbox"].__setitem__(0, 1),
        lambda coco: coco["annotations"][0].update(labels=["Signature"]),
        lambda coco: coco["annotations"][0].update(uncertain=True),
        lambda coco: coco["annotations"].pop(),
        lambda coco: coco["images"][0].update(split="test"),
        lambda coco: coco["images"][0].update(exhaustive=["Stamp"]),
        lambda coco: coco["info"].update(exhaustive=["Stamp"]),
        lambda coco: coco["images"][0].update(group="another"),
    ],
)
def test_what_a_run_would_notice_changes_it(folder, change):
    before = fingerprint(read(folder))
    assert changed(folder, change) != before


def test_another_image_changes_it(folder):
    before = fingerprint(read(folder))
    Image.new("L", (96, 96), 128).save(folder / "page0.png")
    assert fingerprint(read(folder)) != before


def test_boxes_of_another_page_of_a_document_change_it(tmp_path):
    folder = document_set(tmp_path / "set", "tif")
    before = fingerprint(read(folder))
    assert changed(folder, lambda coco: [image.update(page=4 - image["page"]) for image in coco["images"]]) != before
