import numpy as np
import pytest

from docmarks.synth.printed.reverse import reverse, reverse_print
from docmarks.synth.printed.type_case import TypeCase


def test_what_was_dark_is_light_and_the_ground_around_it_dark():
    mask = np.zeros((4, 6), np.uint8)
    mask[1:3, 2:4] = 255
    whole = reverse(mask, 3)
    assert whole.shape == (10, 12) and (whole[4:6, 5:7] == 0).all() and (whole == 255).sum() == 10 * 12 - 4


@pytest.mark.parametrize("seed", range(20))
def test_a_bar_is_dark_with_light_letters_that_keep_off_its_edge(seed):
    bar = reverse_print(np.random.default_rng(seed), TypeCase())
    high, wide = bar.shape
    assert 14 < high < 100 and wide <= 610
    assert (bar[[0, -1]] == 255).all() and bar.min() < 80
    assert (bar == 255).mean() > 0.45
