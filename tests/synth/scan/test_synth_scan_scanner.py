import numpy as np
import pytest

from docmarks.synth.scan.scanner import STEPS, degrade

PAGE = np.full((60, 80), 255, np.uint8)
PAGE[20:40, 30:50] = 30


@pytest.mark.parametrize("step", [step for step, _ in STEPS], ids=lambda step: step.__name__)
def test_no_step_moves_the_ink(step):
    for seed in range(5):
        crop = step(PAGE, np.random.default_rng(seed))
        assert crop.shape == PAGE.shape and crop.dtype == np.uint8
        middle = (int(crop.min()) + int(crop.max())) / 2
        rows, columns = np.where(crop[5:55, 5:75] < middle)
        assert abs(np.median(rows) + 5 - 29.5) <= 2 and abs(np.median(columns) + 5 - 39.5) <= 2


def test_degrading_repeats_with_its_seed_and_changes_something():
    crops = [degrade(PAGE, np.random.default_rng(seed)) for seed in (1, 1, 2, 3, 4, 5)]
    assert np.array_equal(crops[0], crops[1])
    assert any(not np.array_equal(crop, PAGE) for crop in crops)
