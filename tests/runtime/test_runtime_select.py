import numpy as np

from docmarks.runtime.select import select
from tiny import tiny_config

A, A_NEAR, B = [0, 0, 100, 50], [0, 0, 100, 45], [200, 200, 260, 230]


def run(boxes, scores, **roi):
    config = tiny_config()
    return select(
        np.array(boxes, np.float32).reshape(-1, len(boxes[0]) if boxes else 4),
        np.array(scores, np.float32).reshape(-1, 2),
        config.model_copy(update={"roi": config.roi.model_copy(update=roi)}),
    )


def test_one_region_may_carry_two_labels():
    found = run([A], [[0.875, 0.375]])
    assert found.boxes.tolist() == [A] and found.scores.tolist() == [[0.875, 0.375]]
    (mark,) = found.marks((0.5, 0.3))
    assert mark.labels == ("Signature", "Stamp") and mark.label == "Signature"
    assert found.marks((0.5, 0.5))[0].labels == ("Signature",)


def test_labels_of_two_regions_on_one_place_become_one_detection():
    found = run([A, A_NEAR], [[0.875, 0.1], [0.25, 0.625]])
    assert found.boxes.tolist() == [A] and found.scores.tolist() == [[0.875, 0.625]]


def test_labels_that_overlap_less_stay_apart():
    found = run([A, [0, 0, 100, 25]], [[0.875, 0.0], [0.0, 0.625]])
    assert len(found) == 2


def test_score_floor_is_exclusive_and_the_page_has_a_limit():
    assert len(run([A], [[0.05, 0.0]], score_threshold=0.05)) == 0
    found = run([A, B], [[0.6, 0.0], [0.7, 0.0]], detections_per_image=1)
    assert found.boxes.tolist() == [B]


def test_boxes_near_the_best_vote_where_it_ends():
    """By their scores 0.75 and 0.25; the third overlaps by half alone, and B is another mark."""
    boxes, scores = [A, [0, 0, 100, 42], [0, 0, 100, 26], B], [[0.75, 0.0], [0.25, 0.0], [0.5, 0.0], [0.875, 0.0]]
    found = run(boxes, scores, vote_iou=0.8)
    assert found.boxes.tolist() == [B, [0, 0, 100, 48]] and found.scores[:, 0].tolist() == [0.875, 0.75]
    assert run(boxes, scores).boxes.tolist() == [B, A]


def test_only_boxes_of_the_same_label_vote():
    found = run([A, A_NEAR], [[0.75, 0.0], [0.0, 0.5]], vote_iou=0.8, merge_iou=2.0)
    assert found.boxes.tolist() == [A, A_NEAR]


def test_class_wise_boxes_take_each_label_own():
    found = run([[*A, *B]], [[0.875, 0.75]])
    assert found.boxes.tolist() == [A, B] and found.scores.tolist() == [[0.875, 0], [0, 0.75]]


def test_empty_boxes_and_empty_pages():
    assert len(run([[5, 5, 5, 9]], [[0.875, 0.9]])) == 0
    assert run([], []).boxes.shape == (0, 4)
