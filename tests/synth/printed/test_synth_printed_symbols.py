import numpy as np
import pytest

from docmarks.errors import DocmarksError
from docmarks.synth.decorate import decorate
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.printed.lettering import TYPEFACES, lettering, typeface
from docmarks.synth.printed.logos import logo
from docmarks.synth.printed.seals import seal
from docmarks.synth.printed.symbols import SymbolFont
from docmarks.synth.printed.type_case import TypeCase
from made_font import EMBLEM, made_font


@pytest.fixture
def font(tmp_path):
    return SymbolFont(made_font(tmp_path / "emblems.ttf", letters=False, emblem=True))


def test_the_pictures_of_a_font_are_found(font):
    assert font.characters == [EMBLEM]
    mask = font.draw(EMBLEM, 40)
    assert mask.shape == (40, 40) and mask.min() > 200  # a square without holes
    assert TypeCase(symbols=[font]).emblem(25, np.random.default_rng(0)).shape == (25, 25)


def test_fonts_without_pictures(tmp_path):
    with pytest.raises(DocmarksError, match=r"text\.ttf: a font without pictures"):
        SymbolFont(made_font(tmp_path / "text.ttf"))
    (tmp_path / "broken.otf").write_bytes(b"nothing")
    with pytest.raises(DocmarksError, match=r"broken\.otf: not a font"):
        SymbolFont(tmp_path / "broken.otf")


def test_type_from_a_file_is_cropped_and_as_high_as_asked_for(tmp_path):
    mask = lettering("ll", made_font(tmp_path / "type.ttf"), 100)
    # Two bars of 100 x 700 thousandths, 600 from one to the next.
    assert mask.shape == (70, 70) and mask[:, 0].min() > 200 and mask[:, -1].min() > 200
    assert mask[:, 15:55].max() == 0
    assert lettering("   ", tmp_path / "type.ttf", 20).shape == (1, 1)


def test_faces_of_files_come_with_the_standard_ones(tmp_path):
    face, rng = made_font(tmp_path / "type.ttf"), np.random.default_rng(0)
    seen = [typeface(rng, (*TYPEFACES, face)) for _ in range(300)]
    assert set(seen) == {*TYPEFACES, face} and 0.5 < seen.count(face) / 300 < 0.8


@pytest.mark.parametrize("seed", range(12))
def test_seals_are_round_and_have_something_in_the_middle_at_times(font, seed):
    image = np.asarray(seal(np.random.default_rng(seed), TypeCase(symbols=[font]), ("PAID",)))
    height, width = image.shape
    assert 60 <= height <= 200 and height <= width <= 1.71 * height
    assert image.max() == 255 and image[0, 0] == image[-1, -1] == 0  # nothing in the corners
    assert image[height // 2, : width // 10].any()  # the ring


def test_logos(font):
    for seed in range(10):
        assert logo(np.random.default_rng(seed), TypeCase(symbols=[font])).max() > 200


def test_an_ink_folder_brings_emblems_to_stamps_and_pages(tmp_path):
    for kind, emblem in (("type", False), ("symbols", True)):
        (tmp_path / kind).mkdir()
        made_font(tmp_path / kind / "made.ttf", letters=not emblem, emblem=emblem)
    ink = InkLibrary.load(tmp_path)
    assert len(ink.case.faces) == len(TYPEFACES) + 1 and len(ink.case.symbols) == 1
    assert len(ink.stamps.makers) == len(InkLibrary.builtin().stamps.makers) + 1
    page = np.full((700, 500), 255, np.uint8)
    for seed in range(20):
        decorated, marks = decorate(page, [], np.random.default_rng(seed), ink)
        # Whatever is printed beside the marks keeps off them.
        assert all((decorated[int(m.box[1]) : int(m.box[3]), int(m.box[0]) : int(m.box[2])] < 250).any() for m in marks)


def test_a_broken_typeface_is_named(tmp_path):
    (tmp_path / "type").mkdir()
    (tmp_path / "type" / "bad.ttf").write_bytes(b"nothing")
    with pytest.raises(DocmarksError, match=r"bad\.ttf: not a font"):
        InkLibrary.load(tmp_path)
