import numpy as np
import pytest

from docmarks.synth.printed import machine_read
from docmarks.synth.printed.machine_read import modules, square, timing


@pytest.mark.parametrize("kind", ["square", "corner", "crosshair", "timing", "bars", "modules"])
def test_every_kind_is_coverage_of_a_sensible_size(kind):
    for seed in range(12):
        mask = getattr(machine_read, kind)(np.random.default_rng(seed))
        assert mask.dtype == np.uint8 and mask.max() == 255 and mask.ndim == 2
        assert 4 <= min(mask.shape) and max(mask.shape) < 800


def test_a_square_is_solid_and_about_as_large_as_a_checkbox():
    for seed in range(20):
        mask = square(np.random.default_rng(seed))
        assert mask.min() == 255 and 8 <= min(mask.shape) and max(mask.shape) <= 53
        assert 0.5 < mask.shape[0] / mask.shape[1] < 1.3


def test_timing_marks_are_all_alike_and_as_far_from_each_other():
    for seed in range(10):
        mask = timing(np.random.default_rng(seed))
        profile = mask.max(axis=0 if mask.shape[1] > mask.shape[0] else 1) > 0
        edges = np.flatnonzero(np.diff(profile.astype(int), prepend=0, append=0))
        lengths, steps = edges[1::2] - edges[::2], np.diff(edges[::2])
        assert len(lengths) >= 3 and len(set(lengths)) == 1 and len(set(steps)) == 1


def test_codes_are_dark_along_two_sides():
    mask = modules(np.random.default_rng(0))
    assert (mask[-1] == 255).all() and (mask[:, 0] == 255).all() and 0.3 < (mask == 255).mean() < 0.7
