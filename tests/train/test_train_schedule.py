import math

import pytest

from docmarks.train.schedule import rate
from squares import small_run


def plan(**changes):
    return small_run(**({"steps": 100, "warmup": 10, "decay": 0.3, "learning_rate": 1.0} | changes))


def test_linear_warms_up_stays_and_decays():
    found = [round(rate(plan(), step), 3) for step in (0, 4, 9, 50, 70, 85, 99)]
    assert found == [0.1, 0.5, 1.0, 1.0, 1.0, 0.5, 0.033]


def test_cosine_is_halfway_at_half():
    config = plan(schedule="cosine", decay=1.0, warmup=0)
    assert rate(config, 0) == pytest.approx(1.0)
    assert rate(config, 50) == pytest.approx(0.01 + 0.99 / 2)
    assert rate(config, 25) == pytest.approx(0.01 + 0.99 * (1 + math.cos(math.pi / 4)) / 2)
    assert rate(config, 99) == pytest.approx(0.01, abs=1e-3)


def test_steps_are_those_of_detectrons_three_times_schedule():
    config = plan(schedule="step", steps=90, decay=2 / 9)  # 7/9 and 8/9 of the run
    found = [rate(config, step) for step in (69, 71, 79, 80, 89)]
    assert found == pytest.approx([1.0, 0.1, 0.1, 0.01, 0.01])
