import numpy as np
import pytest
from PIL import Image

from docmarks.errors import DocmarksError
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.printed.logos import logo
from docmarks.synth.printed.pictures import Picture, pictures_in
from docmarks.synth.printed.type_case import TypeCase


@pytest.fixture
def folder(tmp_path):
    """An ink folder with a picture: clear on the left, then white, red and black."""
    (tmp_path / "pictures").mkdir()
    pixels = np.zeros((40, 80, 4), np.uint8)
    pixels[:, 20:40] = 255
    pixels[:, 40:60] = (255, 0, 0, 255)
    pixels[:, 60:] = (0, 0, 0, 255)
    Image.fromarray(pixels).save(tmp_path / "pictures" / "logo.png")
    return tmp_path


def test_paper_covers_nothing_and_a_colour_as_much_as_its_grey(folder):
    mask = Picture(folder / "pictures" / "logo.png").draw(100)
    assert mask.shape == (71, 141)  # twice as wide as high: the root of two times 100
    wide = mask[:, [10, 50, 90, 130]]
    assert (wide[:, :2] == 0).all() and (wide[:, 3] == 255).all()
    assert (abs(wide[:, 2].astype(int) - (255 - 76)) <= 1).all()  # 0.299 of red is light


def test_a_picture_is_drawn_smaller_and_never_of_no_size(folder):
    assert Picture(folder / "pictures" / "logo.png").draw(20).shape == (14, 28)
    Image.new("L", (300, 1), 0).save(folder / "line.png")
    assert Picture(folder / "line.png").draw(50).shape == (1, 120)  # not over WIDEST


def test_an_ink_folder_of_pictures_brings_logos(folder):
    ink = InkLibrary.load(folder)
    assert ink.case.has_logos and not ink.case.symbols and not TypeCase().has_logos
    assert "1 pictures:" in ink.source
    sizes = {ink.case.logo(50, np.random.default_rng(seed)).shape for seed in range(5)}
    assert sizes == {(35, 71)}
    for seed in range(20):
        assert logo(np.random.default_rng(seed), ink.case).max() > 200


def test_what_is_no_picture_is_named(folder):
    (folder / "pictures" / "notes.txt").write_text("nothing")
    with pytest.raises(DocmarksError, match=r"notes\.txt"):
        InkLibrary.load(folder)
    assert pictures_in(folder / "none") == []
