import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.synth.marks.boxes import draw_square, fill, is_blank, outlined


@given(st.integers(9, 24), st.floats(-0.22, 0.22), st.floats(-0.22, 0.22), st.floats(-0.08, 0.2), st.integers(0, 99))
@settings(max_examples=60)
def test_a_box_beside_its_printed_square_is_moved_onto_it(size, dx, dy, grow, seed):
    page = np.full((90, 110), 250, np.uint8)
    square = draw_square(page, 40, 30, size, np.random.default_rng(seed))
    g = grow * size
    meant = (40 + dx * size - g, 30 + dy * size - g, 40 + size + dx * size + g, 30 + size + dy * size + g)
    found = outlined(page, meant)
    assert found == pytest.approx(square, abs=1.01) or found == meant
    off = max(abs(a - b) for a, b in zip(meant, square, strict=True))
    width = meant[2] - meant[0]
    if off > 0.15 * width + 1.01:
        assert found != meant
    if off < 0.15 * width - 1.01:
        assert found == meant


@pytest.mark.parametrize("apart", [0, 1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_a_square_between_the_rules_of_a_table_keeps_its_box(seed, apart):
    page = np.full((90, 110), 250, np.uint8)
    square = draw_square(page, 40, 30, 12, np.random.default_rng(seed))
    page[30 - apart - 2 : 30 - apart], page[42 + apart : 42 + apart + 2] = 0, 0
    assert outlined(page, square) == square


def test_a_box_without_an_outline_stays():
    page = np.full((60, 60), 250, np.uint8)
    page[20:22] = 0  # a rule is no square
    assert outlined(page, (20.5, 19.0, 33.0, 32.0)) == (20.5, 19.0, 33.0, 32.0)
    assert outlined(page, (-3.0, 1.0, 9.0, 13.0)) == (-3.0, 1.0, 9.0, 13.0)


@pytest.mark.parametrize("seed", range(25))
def test_filling_shows_and_a_blank_square_is_blank(seed):
    rng = np.random.default_rng(seed)
    page = np.full((60, 60), 250, np.uint8)
    box = draw_square(page, 22, 20, int(rng.integers(9, 20)), rng)
    assert is_blank(page, box)
    fill(page, box, rng)
    assert not is_blank(page, box)
