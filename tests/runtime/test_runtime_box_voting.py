import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from docmarks.runtime.box_voting import voted
from docmarks.runtime.nms import iou_with

NUMBER = st.floats(0, 1000, width=32)
SIDE = st.floats(1, 300, width=32)
SCORE = st.floats(np.float32(0.0625), 1, width=32)


@st.composite
def boxes(draw):
    corners = draw(st.lists(st.tuples(NUMBER, NUMBER, SIDE, SIDE), min_size=1))
    found = np.array([(x, y, x + w, y + h) for x, y, w, h in corners], np.float32)
    return found, np.array(draw(st.lists(SCORE, min_size=len(found), max_size=len(found))), np.float32)


@given(boxes(), st.floats(0.1, 1))
def test_the_mean_lies_within_the_boxes_that_vote(given_boxes, iou):
    found, scores = given_boxes
    means = voted(found, found, scores, iou)
    for mean, box in zip(means, found, strict=True):
        votes = np.concatenate((found[iou_with(box, found) >= iou], box[None]))
        assert (mean >= votes.min(axis=0) - 1e-3).all() and (mean <= votes.max(axis=0) + 1e-3).all()
    assert (means[:, 2:] > means[:, :2]).all()


@given(boxes())
def test_a_box_without_company_stays(given_boxes):
    found, scores = given_boxes
    far = found[:1] + 5000
    assert np.allclose(voted(far, np.concatenate((far, found)), np.append(scores[:1], scores), 0.5), far)


def test_votes_count_by_score():
    found = np.array([[0, 0, 100, 100], [10, 0, 110, 100]], np.float32)
    means = voted(found[:1], found, np.array([0.75, 0.25], np.float32), 0.8)
    assert means.tolist() == [[2.5, 0, 102.5, 100]]


def test_no_boxes_are_no_boxes():
    none = np.zeros((0, 4), np.float32)
    assert voted(none, none, np.zeros(0, np.float32), 0.8).shape == (0, 4)
