import numpy as np
import pytest

from docmarks.synth.scan.stains import CHANCES, KINDS, hole, stains


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_is_coverage_no_larger_than_initials(kind):
    for seed in range(40):
        mask = kind(np.random.default_rng(seed))
        assert mask.dtype == np.uint8 and mask.ndim == 2 and mask.max() > 100
        assert max(mask.shape) <= 80


def test_holes_are_as_wide_as_high_or_lack_a_part():
    masks = [hole(np.random.default_rng(seed)) for seed in range(60)]
    assert all(mask.shape[0] == mask.shape[1] for mask in masks)
    assert 5 < sum(mask[mask.shape[0] // 2, mask.shape[1] // 2] > 200 for mask in masks) < 40


def test_stains_darken_a_small_part_of_a_copy():
    page = np.full((300, 400), 230, np.uint8)
    for seed in range(30):
        stained = stains(page, np.random.default_rng(seed))
        assert (stained <= page).all() and 0 < (stained < page).mean() < 0.06
    assert (page == 230).all() and sum(CHANCES) == pytest.approx(1)


def test_stains_fit_on_the_smallest_page():
    assert stains(np.full((1, 1), 255, np.uint8), np.random.default_rng(0)).shape == (1, 1)
