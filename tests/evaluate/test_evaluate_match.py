import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from docmarks.evaluate.match import IGNORED, RIGHT, Boxes, Matched, covered_matrix, iou_matrix, match_groups

HALF = np.array([0.5])


def boxes(*rows):
    return np.array(rows, np.float64).reshape(-1, 4)


def match(found, scores, truth, ignored, thresholds, limit=100):
    """``match_groups`` on one page without ranges of size."""
    order = np.argsort(-scores, kind="stable")[:limit]
    regions = np.concatenate((truth, ignored))
    crowd = np.arange(len(regions)) >= len(truth)
    here = Boxes(found[order], np.zeros(len(order), np.int64))
    there = Boxes(regions, np.zeros(len(regions), np.int64))
    outcome, partner = match_groups(here, there, crowd, ~crowd[None], np.zeros((1, len(order)), np.bool_), thresholds)
    return Matched(scores[order], np.where(outcome[0] == RIGHT, partner, -1), outcome[0] == IGNORED, len(truth))


def test_hand_worked_iou_and_cover():
    a, b = boxes([0, 0, 10, 10]), boxes([5, 0, 15, 10], [0, 0, 10, 10], [20, 20, 30, 30], [0, 0, 0, 0])
    np.testing.assert_allclose(iou_matrix(a, b), [[1 / 3, 1, 0, 0]])
    np.testing.assert_allclose(covered_matrix(a, b), [[0.5, 1, 0, 0]])
    np.testing.assert_allclose(covered_matrix(boxes([1, 1, 1, 1]), a), [[0]])


@given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 50), st.integers(1, 50))
def test_iou_is_symmetric_and_one_with_itself(x, y, w, h):
    a, b = boxes([x, y, x + w, y + h]), boxes([10, 10, 30, 40])
    assert iou_matrix(a, b)[0, 0] == iou_matrix(b, a)[0, 0] <= 1 and iou_matrix(a, a)[0, 0] == 1


def test_the_more_confident_detection_takes_the_truth():
    found = match(boxes([0, 0, 10, 10], [0, 0, 10, 9]), np.array([0.5, 0.9]), boxes([0, 0, 10, 10]), boxes(), HALF)
    assert found.scores.tolist() == [0.9, 0.5] and found.truth.tolist() == [[0, -1]]


def test_a_taken_truth_leaves_the_next_best():
    truth = boxes([0, 0, 10, 10], [0, 3, 10, 13])
    found = match(boxes([0, 0, 10, 10], [0, 1, 10, 11]), np.array([0.9, 0.8]), truth, boxes(), HALF)
    assert found.truth.tolist() == [[0, 1]]


def test_only_the_best_count_up_to_the_limit():
    found = match(boxes([0, 0, 1, 1], [0, 0, 2, 2]), np.array([0.1, 0.2]), boxes(), boxes(), HALF, limit=1)
    assert found.scores.tolist() == [0.2]


def test_an_ignored_region_takes_any_number_but_never_a_partner():
    truth, region = boxes([0, 0, 10, 10]), boxes([0, 0, 100, 100])
    found = match(
        boxes([0, 0, 10, 10], [50, 50, 60, 60], [70, 70, 80, 80]),
        np.array([0.9, 0.8, 0.7]),
        truth,
        region,
        HALF,
    )
    assert found.truth.tolist() == [[0, -1, -1]] and found.ignored.tolist() == [[False, True, True]]
