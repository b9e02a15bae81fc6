import numpy as np
import pytest

from docmarks.synth.scan.wear import bleed_through, fax, spread


@pytest.fixture
def crop():
    page = np.full((120, 160), 245, np.uint8)
    page[20:22, 10:60] = 10
    page[60:100, 20:40] = 0
    return page


@pytest.mark.parametrize("step", [bleed_through, spread, fax])
def test_a_step_keeps_size_kind_and_seed(crop, step):
    one, two = (step(crop, np.random.default_rng(3)) for _ in range(2))
    assert one.shape == crop.shape and one.dtype == np.uint8 and np.array_equal(one, two)
    assert not np.array_equal(one, crop)


def test_the_back_of_a_sheet_only_darkens_and_mirrors(crop):
    seen = bleed_through(crop, np.random.default_rng(0))
    assert (seen <= crop).all() and (seen[60:100, 20:40] <= 1).all()
    ghost = (crop.astype(int) - seen) > 15
    assert 200 < ghost.sum() < 1500 and seen.min() < 245 - 15


def test_ink_spreads_or_fades_within_a_pixel(crop):
    changed = set()
    for seed in range(12):
        seen = spread(crop, np.random.default_rng(seed))
        darker, lighter = (seen < crop).any(), (seen > crop).any()
        assert darker != lighter
        changed.add(bool(darker))
        assert (seen[30:55] == 245).all()  # far from ink
        assert seen[20:22, 12:58].max() < 200  # a thin stroke is still there
    assert changed == {True, False}


def test_a_fax_has_two_greys_and_keeps_what_was_black(crop):
    for seed in range(8):
        seen = fax(crop, np.random.default_rng(seed))
        assert np.percentile(seen[65:95, 24:36], 90) < 60 and np.median(seen[105:]) == 255
