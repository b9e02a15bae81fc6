import numpy as np
import pytest

from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.printed.arms import arms, bent, motto
from docmarks.synth.printed.type_case import TypeCase
from made_font import made_font


@pytest.fixture
def emblems(tmp_path):
    (tmp_path / "symbols").mkdir()
    made_font(tmp_path / "symbols" / "made.ttf", letters=False, emblem=True)
    return InkLibrary.load(tmp_path).case


def test_arms_are_coverage_of_a_sensible_size_with_and_without_pictures(emblems):
    for seed in range(40):
        mask = arms(np.random.default_rng(seed), TypeCase() if seed % 2 else emblems)
        assert mask.dtype == np.uint8 and mask.max() > 200
        assert 25 <= min(mask.shape) and max(mask.shape) < 300
        assert 0.03 < mask.mean() / 255 < 0.9


def test_arms_stand_alone_on_their_paper():
    """Nothing is drawn outside of the shield and what belongs to it: the corners stay white."""
    for seed in range(40):
        mask = arms(np.random.default_rng(seed), TypeCase())
        assert sum(int(mask[y, x] > 0) for y in (0, -1) for x in (0, -1)) <= 2  # a shield's own upper corners


def test_a_bent_line_keeps_its_print_and_rises_in_the_middle():
    line = np.zeros((6, 101), np.uint8)
    line[3] = 200
    up, down = bent(line, 0.1), bent(line, -0.1)
    assert up.shape == down.shape == (16, 101)
    assert up.sum() == down.sum() == line.sum()
    rows = up.argmax(axis=0)
    assert rows[0] == rows[100] == 13 and rows[50] == 3  # ten of 101 columns lower at the ends
    assert np.array_equal(down.argmax(axis=0), 16 - rows)
    assert np.array_equal(bent(line, 0), line)


def test_a_motto_is_about_as_wide_as_its_arms():
    for seed in range(20):
        mask = motto(np.random.default_rng(seed), TypeCase(), 100)
        assert 50 < mask.shape[1] < 190
