import numpy as np
import pytest

from docmarks.model.detector import FasterRCNN
from docmarks.train.lr_finder import HIGHEST, LOWEST, steepest, sweep
from squares import small_run
from torch_squares import Squares


def test_the_steepest_fall_is_found():
    rates = np.geomspace(1e-6, 1e-1, 101)
    # Falls around 1e-3 as a logistic curve over the logarithm, then rises.
    losses = 1 - 0.8 / (1 + np.exp(-8 * np.log10(rates / 1e-3))) + (rates > 2e-2) * 5
    assert steepest(list(rates), list(losses)) == pytest.approx(1e-3, rel=0.1)


def test_a_loss_that_never_falls_gives_a_small_rate():
    assert steepest([1e-6, 1e-5, 1e-4], [1.0, 2.0, 3.0]) == pytest.approx(1e-7)


def test_the_rate_grows_from_step_to_step_and_the_test_ends_when_the_loss_does():
    config = small_run()
    found = sweep(config, FasterRCNN(config.model), Squares(), steps=12)
    assert found.rates[0] == pytest.approx(LOWEST) and 10 < len(found.losses) == len(found.rates) <= 12
    assert np.diff(np.log(found.rates)) == pytest.approx(np.log(HIGHEST / LOWEST) / 11)
    assert LOWEST / 10 <= found.suggestion <= HIGHEST
