import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.marks import Detections
from docmarks.runtime.fusion import fused
from tiny import tiny_model

CONFIG = tiny_model().config
LABELS = CONFIG.labels


def look(*found):
    """Boxes with (label, score) pairs."""
    scores = np.zeros((len(found), len(LABELS)), np.float32)
    for row, (_, labels) in enumerate(found):
        for k, score in labels.items():
            scores[row, k] = score
    return Detections(np.array([box for box, _ in found], np.float32).reshape(-1, 4), scores, LABELS)


def test_a_mark_that_both_have_seen_is_the_mean_and_one_that_one_has_seen_counts_half():
    one = look(((10, 10, 50, 30), {0: 0.9}), ((100, 100, 140, 120), {0: 0.6}))
    other = look(((14, 10, 54, 30), {0: 0.3}))
    found = fused([one, other], CONFIG)
    # Weights 0.9 and 0.3: three quarters of the first box, a quarter of the second.
    assert found.boxes.tolist() == [[11, 10, 51, 30], [100, 100, 140, 120]]
    assert found.scores[:, 0] == pytest.approx([0.6, 0.3])
    assert fused([other, one], CONFIG).boxes.tolist() == found.boxes.tolist()


def test_labels_are_averaged_apart_and_joined_again():
    stamped_date = look(((10, 10, 50, 30), {0: 0.8, 1: 0.9}))
    found = fused([stamped_date, look(((10, 10, 50, 30), {1: 0.7}))], CONFIG)
    assert len(found.boxes) == 1 and found.scores[0] == pytest.approx([0.4, 0.8])


def test_marks_that_overlap_little_stay_two():
    one, other = look(((0, 0, 40, 20), {0: 0.9})), look(((16, 0, 56, 20), {0: 0.8}))
    assert len(fused([one, other], CONFIG).boxes) == 2  # IoU 24 / 56


def test_a_look_gives_one_box_to_a_mark():
    one = look(((0, 0, 40, 20), {0: 0.9}))
    other = look(((0, 0, 40, 20), {0: 0.5}), ((2, 0, 42, 20), {0: 0.4}))
    found = fused([one, other], CONFIG)
    assert np.sort(found.scores[:, 0]) == pytest.approx([0.2, 0.7])


def test_nothing_is_nothing():
    found = fused([look(), look()], CONFIG)
    assert found.boxes.shape == (0, 4) and found.scores.shape == (0, len(LABELS))


side = st.integers(1, 60)
boxes = st.lists(st.tuples(side, side, side, side, st.floats(0.0625, 1, width=32)), max_size=8)


@given(boxes)
def test_a_look_twice_says_what_it_said_once(given_boxes):
    """Where no two of its boxes are one mark: what a look holds has been suppressed."""
    apart = [((200 * i + x, y, 200 * i + x + w, y + h), {0: s}) for i, (x, y, w, h, s) in enumerate(given_boxes)]
    once = look(*apart)
    found = fused([once, once], CONFIG)
    order = np.argsort(-once.scores[:, 0], kind="stable")
    assert found.scores[:, 0] == pytest.approx(once.scores[order, 0])
    assert np.sort(found.boxes, axis=0) == pytest.approx(np.sort(once.boxes, axis=0), abs=1e-3)
