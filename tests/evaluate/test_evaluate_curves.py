import numpy as np
import pytest

from docmarks.evaluate.calibration import calibration
from docmarks.evaluate.curves import curve
from docmarks.evaluate.match import Matched


def matched(scores, right, n_truth, ignored=None):
    truth = np.where(right, 0, -1)[None].astype(np.int64)
    left_out = np.zeros_like(truth, bool) if ignored is None else np.array([ignored], bool)
    return [Matched(np.array(scores), truth, left_out, n_truth)]


def test_a_point_a_distinct_score():
    found = curve(matched([0.9, 0.5, 0.5, 0.2], [1, 1, 0, 1], 4))
    assert found.scores.tolist() == [0.9, 0.5, 0.2]
    assert found.precision.tolist() == [1, pytest.approx(2 / 3), 0.75] and found.recall.tolist() == [0.25, 0.5, 0.75]
    assert found.f1.tolist() == pytest.approx([0.4, 4 / 7, 0.75])
    assert curve(matched([], [], 3)).scores.size == 0


def test_a_long_curve_is_thinned_between_its_ends():
    scores = np.linspace(1, 0.1, 3000)
    found = curve(matched(scores, np.arange(3000) % 3 == 0, 1000))
    drawn = found.thinned(50)
    assert len(drawn.scores) == 50 and drawn.scores[[0, -1]].tolist() == found.scores[[0, -1]].tolist()
    assert set(drawn.recall) <= set(found.recall) and len(found.to_json()["f1"]) == 400


def test_reliability_by_hand():
    # 0.95, 0.9 (right, wrong) share the last bin; 0.35 (right) lies in the fourth; the ignored one in none.
    found = calibration(matched([0.95, 0.9, 0.35, 0.7], [1, 0, 1, 0], 3, ignored=[0, 0, 0, 1]))
    assert found.counts.tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 2]
    assert found.confidence[9] == pytest.approx(0.925) and found.precision[9] == 0.5
    # (2 x |0.925 - 0.5| + 1 x |0.35 - 1|) / 3
    assert found.error == pytest.approx((2 * 0.425 + 0.65) / 3)
    assert found.to_json()["bins"][0] == {"from": 0, "to": 0.1, "count": 0, "confidence": None, "precision": None}


def test_what_is_right_as_often_as_it_says_is_calibrated():
    rng = np.random.default_rng(0)
    scores = rng.uniform(size=40_000)
    right = rng.uniform(size=40_000) < scores
    assert calibration(matched(scores, right, int(right.sum()))).error < 0.01
    assert calibration(matched(scores, rng.uniform(size=40_000) < scores**2, 1)).error > 0.1


def test_a_score_of_one_and_nothing_at_all():
    assert calibration(matched([1.0], [1], 1)).counts[9] == 1
    assert np.isnan(calibration(matched([], [], 1)).error) and calibration([]).to_json()["error"] is None
