"""Pages of images, TIFFs and PDFs that are made here, read as a data set names them."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from docmarks.data.dataset import DatasetPage
from docmarks.data.read_page import read_page, read_pixels
from docmarks.errors import DocmarksError
from docmarks.marks import Page
from paper import squares_pdf


def test_images_that_do_not_fit_are_named(tmp_path):
    Image.new("L", (80, 100), 255).save(tmp_path / "a.png")
    page = DatasetPage(tmp_path / "a.png", Page(80, 100), "a", frozenset())
    with pytest.raises(DocmarksError, match="is 80 x 100, its annotation says 80 x 90"):
        read_page(replace(page, page=Page(80, 90)))
    with pytest.raises(DocmarksError, match="no such image"):
        read_page(replace(page, file=tmp_path / "gone.png"))
    page.file.write_bytes(page.file.read_bytes()[:60])
    with pytest.raises(DocmarksError, match="broken or cut off image"):
        read_page(page)


def test_images_are_read_upright_and_transparent_ones_on_white(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    Image.new("RGB", (40, 20), "red").save(tmp_path / "a.jpg", exif=exif)
    turned = read_page(DatasetPage(tmp_path / "a.jpg", Page(20, 40), "a", frozenset()))
    assert turned.shape == (40, 20, 3) and turned[0, 0, 0] > 200 > 50 > turned[0, 0, 1]
    Image.new("RGBA", (9, 9), (0, 0, 0, 0)).save(tmp_path / "b.png")
    assert (read_page(DatasetPage(tmp_path / "b.png", Page(9, 9), "b", frozenset())) == 255).all()


def test_pages_of_a_tiff_by_their_number(tmp_path):
    sheets = [Image.new("L", (30, 40), shade) for shade in (255, 100, 0)]
    sheets[0].save(tmp_path / "a.tiff", save_all=True, append_images=sheets[1:])
    second = DatasetPage(tmp_path / "a.tiff", Page(30, 40, number=2), "a", frozenset())
    assert (read_page(second) == 100).all()
    with pytest.raises(DocmarksError, match="has 3 pages, the data set names page 4"):
        read_page(replace(second, page=Page(30, 40, number=4)))
    # An image alone that once was page 7 of something.
    sheets[2].save(tmp_path / "b.png")
    assert (read_page(DatasetPage(tmp_path / "b.png", Page(30, 40, number=7), "b", frozenset())) == 0).all()


def test_pages_of_a_pdf_by_their_number_at_the_resolution_of_their_record(tmp_path):
    squares = [(30, 40, 60, 60), (150, 200, 90, 60)]  # points; a page each
    (tmp_path / "a.pdf").write_bytes(squares_pdf(squares))
    for number, (x, y, width, height) in enumerate(squares, start=1):
        page = DatasetPage(tmp_path / "a.pdf", Page(600, 800, 144.0, number), "a", frozenset())
        down, across = np.nonzero(read_page(page)[:, :, 0] < 128)
        found = across.min() / 2, down.min() / 2, (across.max() + 1) / 2, (down.max() + 1) / 2
        assert found == (x, y, x + width, y + height)
        with pytest.raises(DocmarksError, match="is 300 x 400, its annotation says 600 x 800"):
            read_pixels(replace(page, page=Page(600, 800, number=number)))
