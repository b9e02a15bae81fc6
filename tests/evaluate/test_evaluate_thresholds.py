import math

import numpy as np

from docmarks.evaluate.match import Matched
from docmarks.evaluate.thresholds import UNTOLD, at_score, best_f1


def matched(scores, right, n_truth):
    truth = np.where(right, 0, -1)[None].astype(np.int64)
    return [Matched(np.array(scores), truth, np.zeros_like(truth, bool), n_truth)]


def test_best_f1_lies_between_the_last_right_and_the_first_wrong():
    found = best_f1(matched([0.9, 0.8, 0.7, 0.3, 0.2], [1, 1, 1, 0, 0], 5))
    assert math.isclose(found.score, 0.5) and (found.precision, found.recall) == (1.0, 0.6)
    assert math.isclose(found.f1, 0.75)


def test_equal_scores_cannot_be_parted():
    found = best_f1(matched([0.9, 0.5, 0.5, 0.5], [1, 1, 0, 0], 5))
    # Keeping only the first is F1 1/3; all four are 2 / (4 + 5) * 2 = 4/9.
    assert math.isclose(found.f1, 4 / 9) and math.isclose(found.score, 0.25)


def test_too_few_truths_keep_the_default():
    assert best_f1(matched([0.9], [1], 4)).score == UNTOLD and best_f1(matched([], [], 9)).score == UNTOLD


def test_at_a_given_score():
    found = at_score(matched([0.9, 0.5, 0.4], [1, 0, 1], 4), 0.5)
    assert (found.precision, found.recall) == (0.5, 0.25) and math.isclose(found.f1, 1 / 3)
    assert at_score(matched([0.4], [1], 4), 0.5).recall == 0
