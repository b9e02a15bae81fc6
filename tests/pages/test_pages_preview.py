"""A page measured and made small without its pixels in full: the same page as read in full."""

import numpy as np
import pytest
from PIL import Image

from docmarks.errors import DocmarksError
from docmarks.pages.document import open_document
from docmarks.pages.image import ImageDocument
from docmarks.pages.page_image import MAX_PIXELS
from paper import save, square_pdf


def scan(mode="L"):
    page = Image.new("L", (640, 900), 255)
    page.paste(0, (100, 200, 300, 500))
    return page.convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "RGBA", "P", "I;16"])
@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg"])
def test_small_and_whole_agree(tmp_path, mode, name):
    if name == "a.jpg" and mode in ("RGBA", "P", "I;16"):
        pytest.skip("no such JPEG")
    page = scan() if mode == "I;16" else scan(mode)
    if mode == "I;16":
        page = Image.fromarray(np.asarray(page).astype(np.uint16) * 257)
    path = save(tmp_path / name, page, dpi=(200, 200))
    with open_document(path) as document:
        whole, small = document.page(1), document.preview(1, 64)
    with open_document(path) as document:
        assert document.measure(1) == pytest.approx((640, 900, whole.dpi))
    assert small.ndim == 2 and 64 <= small.shape[1] < 128
    across, down = 640 / small.shape[1], 900 / small.shape[0]
    assert small[int(350 / down), int(200 / across)] < 20 and small[int(350 / down), int(500 / across)] > 235
    assert small[int(700 / down), int(200 / across)] > 235


@pytest.mark.parametrize("limit", [MAX_PIXELS, 1_000_000])
def test_a_preview_changes_nothing_of_what_is_measured_and_read_after_it(tmp_path, limit):
    path = save(tmp_path / "a.jpg", scan().resize((1600, 2000)), dpi=(200, 200))
    with ImageDocument(path, limit=limit) as document:
        before, read = document.measure(1), document.page(1)
    with ImageDocument(path, limit=limit) as document:
        small = document.preview(1, 64)
        assert document.measure(1) == before and document.stretch(1) == 1
        again = document.page(1)
        assert document.measure(1) == before == (*again.pixels.shape[1::-1], again.dpi)
    assert small.shape[1] < 200 and np.array_equal(again.pixels, read.pixels)


def test_a_turned_photo_is_measured_and_shown_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "a.jpg"
    scan().save(path, exif=exif)
    with open_document(path) as document:
        width, height, _ = document.measure(1)
        small = document.preview(1, 64)
    assert (width, height) == (900, 640) and small.shape[0] < small.shape[1]


@pytest.mark.parametrize("late", [False, True])
def test_a_png_may_say_after_its_pixels_that_it_lies_on_its_side(tmp_path, late):
    path, exif = tmp_path / "a.png", Image.Exif()
    exif[0x0112] = 8
    scan().save(path, exif=exif)
    data = path.read_bytes()
    start = data.index(b"eXIf") - 4
    entry = data[start : start + 12 + int.from_bytes(data[start : start + 4], "big")]
    if late:
        data = data.replace(entry, b"")
        path.write_bytes(data[:-12] + entry + data[-12:])
    with open_document(path) as document:
        assert document.measure(1)[:2] == (900, 640)
        assert document.page(1).pixels.shape == (640, 900)
        assert document.measure(1)[:2] == (900, 640)


def test_a_pdf_page_is_measured_as_it_is_rendered(tmp_path):
    for size in ((300, 400), (611.3, 791.7)):
        path = tmp_path / "a.pdf"
        path.write_bytes(square_pdf([(90, 120, 75, 75)], size=size, rotation=90))
        with open_document(path, dpi=133) as document:
            pixels = document.page(1).pixels
            assert document.measure(1) == (pixels.shape[1], pixels.shape[0], 133)
            assert document.preview(1, 64).ndim == 2


def test_a_cut_off_file_is_told(tmp_path):
    for name in ("a.png", "a.jpg"):
        path = save(tmp_path / name, scan())
        path.write_bytes(path.read_bytes()[:-200])
        with open_document(path) as document, pytest.raises(DocmarksError, match="broken or cut off"):
            document.preview(1, 64)
