import numpy as np
import pytest

from docmarks.synth.scan.warp import slanted
from docmarks.train.samples.vary import SEEN, vary


def stroke(channels=()):
    """A bar of 80 x 4 across a cutting of 80 x 40, and an upright one of 6 x 40 in its middle."""
    ink = np.ones((40, 80, *channels), np.float32)
    ink[18:22] = 0.1
    ink[:, 37:43] = 0.1
    return ink


def varied(label, n=60, ink=None):
    return [vary(stroke() if ink is None else ink, label, np.random.default_rng(seed)) for seed in range(n)]


@pytest.mark.parametrize("label", ["Signature", "Stamp", "Handwriting", "Redaction", "Filled Checkbox"])
def test_it_is_cut_to_its_ink_and_nothing_is_lost(label):
    for seen in varied(label):
        dark = seen < SEEN
        assert dark[0].any() and dark[-1].any() and dark[:, 0].any() and dark[:, -1].any()
        # Turned, drawn out or slanted: about as much ink, as dark, on paper that lets all light back.
        assert 0.4 * 80 * 10 * 0.5 < dark.sum() < 3 * 80 * 10
        assert seen.min() < 0.35 and seen.max() <= 1


def test_it_has_other_proportions_each_time():
    ratios = [seen.shape[1] / seen.shape[0] for seen in varied("Signature")]
    assert min(ratios) < 1.7 and max(ratios) > 2.3
    assert np.median(ratios) == pytest.approx(2, rel=0.2)


def test_what_stands_straight_stays_straight():
    bar = np.full((12, 60), 0.1, np.float32)
    for seen in varied("Redaction", ink=bar):
        # A slanted or turned bar would leave paper in the corners of its box.
        assert (seen < SEEN).mean() > 0.98
        assert seen.shape[1] == pytest.approx(60, rel=0.15) and seen.shape[0] == pytest.approx(12, rel=0.25)
    assert any((seen < SEEN).mean() < 0.9 for seen in varied("Handwriting", ink=bar))


def test_slant_leans_to_the_right_at_the_top():
    x, y, _ = slanted(0.2) @ [0, -10, 1]
    assert (x, y) == (2, -10)


def test_colour_comes_along():
    ink = stroke((3,))
    ink[..., 2] = np.where(ink[..., 2] < 1, 0.8, 1)
    for seen in varied("Signature", 10, ink):
        dark = seen[seen[..., 0] < 0.5]
        assert seen.ndim == 3 and np.median(dark[:, 2]) > np.median(dark[:, 0]) + 0.3


def test_without_ink_it_stays_what_it_is():
    ink = np.ones((10, 20), np.float32)
    assert vary(ink, "Redaction", np.random.default_rng(0)).min() == 1
