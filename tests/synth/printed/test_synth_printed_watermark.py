import numpy as np
import pytest
from PIL import Image

from docmarks.synth.printed.pictures import Picture
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.printed.watermark import DARKEST, watermark


@pytest.fixture
def pictures(tmp_path):
    """A case with a picture file to print emblems from."""
    image = Image.new("L", (90, 60), 255)
    image.paste(0, (20, 10, 70, 50))
    image.save(tmp_path / "emblem.png")
    return TypeCase(pictures=(Picture(tmp_path / "emblem.png"),))


@pytest.mark.parametrize("with_pictures", [False, True])
def test_it_darkens_paper_and_leaves_print_as_it_is(with_pictures, pictures):
    case = pictures if with_pictures else TypeCase()
    page = np.full((700, 500), 255, np.uint8)
    page[100:120, 50:450] = 0
    seen, grey = 0, 0
    for seed in range(30):
        marked = watermark(page, np.random.default_rng(seed), case, 1000)
        assert marked.shape == page.shape and (marked <= page).all() and (marked[100:120, 50:450] == 0).all()
        new = marked[marked != page]
        seen += len(new) > 500  # a part of a page may show none of it
        grey += len(new) > 0 and new.min() >= DARKEST
    assert (page[100:120, 50:450] == 0).all() and page.mean() > 200
    assert seen > 20 and grey > 20


def test_its_size_is_that_of_the_whole_page():
    page, case = np.full((600, 600), 255, np.uint8), TypeCase()
    dark = [
        np.mean([(watermark(page, np.random.default_rng(seed), case, long) < 250).mean() for seed in range(20)])
        for long in (400.0, 1600.0)
    ]
    assert dark[1] > 2 * dark[0]


def test_one_seed_is_one_watermark(pictures):
    page = np.full((300, 300), 255, np.uint8)
    first, again = (watermark(page, np.random.default_rng(5), pictures, 900) for _ in range(2))
    assert np.array_equal(first, again)
