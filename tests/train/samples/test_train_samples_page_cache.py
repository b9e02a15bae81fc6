import os

import numpy as np
import pytest
from PIL import Image

from docmarks.data.dataset import DatasetPage
from docmarks.marks import Page
from docmarks.train.config import CacheConfig
from docmarks.train.samples.page_cache import PageCache
from paper import squares_pdf

MIB = 1 / 1024


def page(folder, name, value=100, size=(1000, 2000)):
    Image.new("RGB", size, (value, 50, 20)).save(folder / name)
    return DatasetPage(folder / name, Page(*size), name, frozenset())


def test_the_least_used_page_leaves_first(tmp_path):
    pages = [page(tmp_path, f"{i}.png") for i in range(3)]
    cache = PageCache(CacheConfig(memory=2.5 * MIB))  # a page takes 800 x 1600 = 1.22 MiB
    for number in (0, 1, 0, 2):
        pixels, scale = cache(pages[number])
        assert pixels.shape == (1600, 800) and scale == 0.8
    for file in tmp_path.iterdir():
        file.unlink()
    assert [cache(pages[number])[1] for number in (0, 2)] == [0.8, 0.8]  # still there; 1 would have to be read
    assert list(cache._pages) == [(pages[0].file, 1, 72.0), (pages[2].file, 1, 72.0)]


def test_resized_pages_are_kept_on_disk_within_bounds(tmp_path):
    pages, folder = [page(tmp_path, f"{i}.png", 40 * i) for i in range(3)], tmp_path / "cache"
    config = CacheConfig(folder=folder, disk=2.5 * MIB)
    first = [PageCache(config)(one)[0] for one in pages]
    assert len(list(folder.iterdir())) == 2 and not list(folder.glob("*.part"))
    Image.new("L", (1000, 2000), 7).save(tmp_path / "0.png")  # another version of the file is another page
    again = [PageCache(config)(one)[0] for one in pages]
    assert (again[0] == 7).all() and all(np.array_equal(a, b) for a, b in zip(first[1:], again[1:], strict=True))


def test_a_damaged_file_in_the_folder_is_read_anew(tmp_path):
    one, folder = page(tmp_path, "a.png"), tmp_path / "cache"
    expected = PageCache(CacheConfig(folder=folder))(one)[0]
    (kept,) = folder.iterdir()
    kept.write_bytes(kept.read_bytes()[:1000])
    assert np.array_equal(PageCache(CacheConfig(folder=folder))(one)[0], expected)


def test_a_file_whose_name_is_no_utf_8_is_kept_as_well(tmp_path):
    one, config = page(tmp_path, os.fsdecode(b"caf\xe9.png")), CacheConfig(folder=tmp_path / "cache")
    first = PageCache(config)(one)[0]
    assert len(list(config.folder.iterdir())) == 1 and np.array_equal(PageCache(config)(one)[0], first)


def test_colour_and_grey_are_kept_apart(tmp_path):
    one, config = page(tmp_path, "a.png", 200), CacheConfig(folder=tmp_path / "cache")
    assert PageCache(config, colour=True)(one)[0][0, 0].tolist() == [200, 50, 20]
    assert PageCache(config)(one)[0].ndim == 2 and PageCache(config, 500)(one)[0].shape == (500, 250)


@pytest.mark.parametrize("on_disk", [False, True])
def test_each_page_of_a_document_is_its_own(tmp_path, on_disk):
    squares = [(30, 40, 60, 60), (150, 200, 90, 60)]  # points; a page each
    (tmp_path / "a.pdf").write_bytes(squares_pdf(squares))
    cache = PageCache(CacheConfig(folder=tmp_path / "cache" if on_disk else None), 400)
    for again in (False, True):
        for number, (x, y, width, height) in enumerate(squares, start=1):
            one = DatasetPage(tmp_path / "a.pdf", Page(600, 800, 144.0, number), "a", frozenset())
            pixels, scale = (PageCache(cache.config, 400) if again else cache)(one)
            down, across = np.nonzero(pixels < 128)
            assert pixels.shape == (400, 300) and scale == 0.5
            found = across.min(), down.min(), across.max() + 1, down.max() + 1
            assert found == (x, y, x + width, y + height)


def test_a_page_at_two_resolutions_is_two(tmp_path):
    (tmp_path / "a.pdf").write_bytes(squares_pdf([(30, 40, 60, 60)]))
    cache = PageCache(CacheConfig(), 800)
    shapes = []
    for times in (2, 1):
        pixels, scale = cache(
            DatasetPage(tmp_path / "a.pdf", Page(300 * times, 400 * times, 72.0 * times), "a", frozenset())
        )
        shapes.append((pixels.shape, scale))
    assert shapes == [((800, 600), 1.0), ((400, 300), 1.0)]
