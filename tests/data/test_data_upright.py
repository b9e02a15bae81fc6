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
    assert capsys.readouterr().out == f"{out / FILE}: 4 pages, 3 of them set right\n"
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


@pytest.mark.parametrize(("dpi", "orientation"), [((200, 100), 1), ((100, 200), 1), ((200, 100), 6)])
def test_a_fax_gets_square_pixels_and_its_boxes_with_them(tmp_path, capsys, dpi, orientation):
    root, out = tmp_path / "fax", tmp_path / "right"
    root.mkdir()
    with open_document(Path(__file__).parents[2] / "examples" / "scan.tiff") as document:
        paper = Image.fromarray(document.page(1, grey=True).pixels)
    x, y, w, h = BOX
    paper.paste(0, (x, y, x + w, y + h))
    exif = Image.Exif()
    if orientation == 6:  # stored on its left side: what the header says of across is down on the page
        exif[0x0112] = orientation
    tall = (dpi[0] > dpi[1]) == (orientation == 1)
    size = (paper.width, paper.height // 2) if tall else (paper.width // 2, paper.height)
    stored = paper.resize(size, Image.Resampling.BOX)
    stored = stored.transpose(Image.Transpose.ROTATE_90) if orientation == 6 else stored
    stored.save(root / "a.png", dpi=dpi, exif=exif)
    box = [x, y / 2, w, h / 2] if tall else [x / 2, y, w / 2, h]
    image = {"id": 1, "file_name": "a.png", "width": size[0], "height": size[1], "dpi": 200 if tall else 100}
    annotation = {"id": 1, "image_id": 1, "category_id": 1, "bbox": box}
    data = {"images": [image], "annotations": [annotation], "categories": [{"id": 1, "name": "Redaction"}]}
    (root / FILE).write_text(json.dumps(data))
    (told,) = [one for one in check([root], workers=1).findings if one.kind == "fax"]
    assert ("2 times as high as wide" in told.what) == tall and "docmarks data upright" in told.cure
    assert call("upright", root, "-o", out) == 0 and "1 of them set right" in capsys.readouterr().out
    (page,) = read(out).pages
    assert (page.page.width, page.page.height, page.page.dpi) == (paper.width, paper.height, 200)
    assert page.page.marks[0].box == (x, y, x + w, y + h)
    pixels = read_page(page)
    assert pixels[y + 4 : y + h - 4, x + 4 : x + w - 4].max() < 60
    assert np.abs(pixels[:, :, 0].astype(int) - np.asarray(paper)).mean() < 12
    assert not [one for one in check([out], workers=1).findings if one.kind == "fax"]


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
