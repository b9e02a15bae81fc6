import random

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docmarks.runtime.nms import iou_with, nms

number = st.integers(0, 60)
boxes = st.lists(st.tuples(number, number, st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=25)


def test_the_worse_of_two_overlapping_boxes_goes():
    found = nms(
        np.array([[0, 0, 10, 10], [1, 0, 11, 10], [50, 50, 60, 60]], np.float32),
        np.array([0.8, 0.9, 0.1]),
        0.5,
    )
    assert found.tolist() == [1, 2]


def test_a_pair_exactly_at_the_threshold_stays():
    pair = np.array([[0, 0, 10, 10], [0, 0, 10, 5]], np.float32)  # IoU 0.5
    assert nms(pair, np.array([0.9, 0.8]), 0.5).tolist() == [0, 1]
    assert nms(pair, np.array([0.9, 0.8]), 0.49).tolist() == [0]


def test_equal_scores_keep_their_order():
    same = np.array([[0, 0, 10, 10]] * 3, np.float32)
    assert nms(same, np.array([0.5, 0.5, 0.5]), 0.5).tolist() == [0]


def test_nothing_in_nothing_out():
    assert nms(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.5).tolist() == []
    assert iou_with(np.zeros(4, np.float32), np.zeros((1, 4), np.float32)).tolist() == [0.0]


@example([(0, 0, 12, 12), (0, 0, 12, 40)], 0.3, random.Random(0))  # an IoU of 0.3 in single precision
@given(boxes, st.sampled_from([0.3, 0.5, 0.7]), st.randoms(use_true_random=False))
def test_equal_to_torchvision(raw, threshold, shuffled):
    torch = pytest.importorskip("torch")
    from torchvision.ops import nms as reference

    corners = np.array([[x, y, x + w, y + h] for x, y, w, h in raw], np.float32)
    scores = np.array(shuffled.sample(range(1000), len(raw)), np.float32) / 1000
    expected = reference(torch.from_numpy(corners), torch.from_numpy(scores), threshold)
    assert nms(corners, scores, threshold).tolist() == expected.tolist()
