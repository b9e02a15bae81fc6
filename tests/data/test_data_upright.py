"""A page of the examples, scanned in every direction, as a data set."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docmarks.cli.main import main
from docmarks.data.check.look import READABLE, Place, look
from docmarks.data.check.run import check
from docmarks.data.coco_file import FILE, read
from docmarks.data.read_page import read_page
from docmarks.pages.document import open_document

BOX = (700, 1850, 420, 130)
"""x, y, width, height of a black box on the page as it should lie."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Page n is turned clockwise by n quarters."""
    root = tmp_path_factory.mktemp("lying")
    with open_document(Path(__file__).parents[2] / "examples" / "scan.tiff") as document:
        page = document.page(1, grey=True).pixels.copy()
    x, y, w, h = BOX
    page[y : y + h, x : x + w] = 0
    height, width = page.shape
    boxes = [BOX, (height - y - h, x, h, w), (width - x - w, height - y - h, w, h), (y, width - x - w, h, w)]
    images, annotations = [], []
    for n, box in enumerate(boxes):
        turned = np.rot90(page, -n)
        Image.fromarray(np.ascontiguousarray(turned)).save(root / f"{n}.png", dpi=(200, 200))
        size = {"width": turned.shape[1], "height": turned.shape[0]}
        images.append({"id": n, "file_name": f"{n}.png", **size, "dpi": 200, "group": f"g{n}", "form": "A"})
        annotations.append({"id": n, "image_id": n, "category_id": 1, "bbox": list(box), "uncertain": n == 2})
    data = {"info": {"exhaustive": ["Redaction"]}, "images": images, "annotations": annotations}
    (root / FILE).write_text(json.dumps(data | {"categories": [{"id": 1, "name": "Redaction"}]}))
    return root


def call(*arguments):
    """The exit code."""
    with pytest.raises(SystemExit) as ended:
        main(["data", *(str(argument) for argument in arguments)])
    return ended.value.code


def test_all_pages_lie_upright_with_their_boxes(folder, tmp_path, capsys):
    out = tmp_path / "upright"
    assert call("upright", folder, "-o", out) == 0
    assert capsys.readouterr().out == f"{out / FILE}: 4 pages, 3 of them turned\n"
    before, after = read(folder), read(out)
    x, y, w, h = BOX
    expected = read_page(before.pages[0])
    for n, page in enumerate(after.pages):
        np.testing.assert_array_equal(read_page(page), expected)
        (mark,) = page.page.marks
        assert mark.box == (x, y, x + w, y + h) and mark.ignore == (n == 2)
        assert (page.group, page.extra["form"], page.page.dpi) == (f"g{n}", "A", 200)
        assert page.exhaustive == {"Redaction"}
    assert after.pages[0].file.resolve() == before.pages[0].file.resolve()
    assert len(list((out / "upright").iterdir())) == 3
    assert call("upright", folder, "-o", out) == 2
    assert "is there already" in capsys.readouterr().err


def test_what_lies_is_told_of_jpegs_too(folder, tmp_path):
    text = (folder / FILE).read_text()
    for n in range(4):
        with Image.open(folder / f"{n}.png") as page:
            page.save(tmp_path / f"{n}.jpg", quality=90)
    (tmp_path / FILE).write_text(text.replace(".png", ".jpg"))
    found = [finding for finding in check([tmp_path], workers=1).findings if finding.kind == "lying page"]
    assert [finding.where for finding in found] == [f"image {n}.jpg" for n in (1, 2, 3)]
    # Decoded for the small picture first, a JPEG would be as small for what has to be read.
    assert min(look(Place(tmp_path / "1.jpg"), compare=True).page.shape) >= READABLE


def test_what_lies_is_told_with_its_cure(folder):
    found = [finding for finding in check([folder], workers=1).findings if finding.kind == "lying page"]
    assert [finding.what.split(",")[0] for finding in found] == [
        "lies on its right side",
        "lies upside down",
        "lies on its left side",
    ]
    assert all(f.severity == "warning" and f"docmarks data upright {folder} -o NEW" in f.cure for f in found)
    assert [finding.where for finding in found] == [f"image {n}.png" for n in (1, 2, 3)]
