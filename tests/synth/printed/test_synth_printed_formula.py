import numpy as np
import pytest

from docmarks.synth.printed.formula import corner, formula
from docmarks.synth.printed.type_case import TypeCase


@pytest.mark.parametrize("seed", range(12))
def test_a_formula_is_thin_lines_cropped_to_its_ends(seed):
    mask = formula(np.random.default_rng(seed), TypeCase())
    assert mask.dtype == np.uint8 and 25 < min(mask.shape) and max(mask.shape) < 600
    assert mask[0].any() and mask[-1].any() and mask[:, 0].any() and mask[:, -1].any()
    assert (mask > 128).mean() < 0.4


def test_the_corners_of_a_ring_are_a_bond_from_its_middle_and_from_each_other():
    corners = np.array([corner((50.0, 60.0), i, 20.0) for i in range(7)])
    assert np.allclose(np.hypot(*(corners - (50, 60)).T), 20)
    assert np.allclose(np.hypot(*(corners[1:] - corners[:-1]).T), 20) and np.allclose(corners[0], corners[6])
