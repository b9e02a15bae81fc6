import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from docmarks.evaluate.isotonic import fit


def test_hand_worked():
    curve = fit(np.array([0.1, 0.2, 0.3, 0.4]), np.array([False, True, False, True]))
    assert curve.share.tolist() == [0, 0.5, 0.5, 1] and curve(np.array([0.0, 0.15, 0.9])) == pytest.approx([0, 0.25, 1])
    assert fit(np.zeros(0), np.zeros(0, bool))(np.array([0.3])).tolist() == [0.3]


@pytest.mark.parametrize("seed", range(10))
def test_as_another_library_has_it(seed):
    rng = np.random.default_rng(seed)
    score = rng.integers(0, 30, 200) / 30
    right = rng.random(200) < score
    theirs = IsotonicRegression(out_of_bounds="clip").fit(score, right)
    at = np.linspace(0, 1, 57)
    np.testing.assert_allclose(fit(score, right)(at), theirs.predict(at), atol=1e-9)
