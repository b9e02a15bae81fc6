import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from docmarks.model import boxes
from docmarks.model.boxes import BoxCoder

coordinate = st.floats(0, 2000, width=32)
side = st.floats(1, 800, width=32)
box = st.tuples(coordinate, coordinate, side, side).map(lambda b: [b[0], b[1], b[0] + b[2], b[1] + b[3]])


def test_iou_of_hand_worked_pairs():
    a = torch.tensor([[0.0, 0, 10, 10]])
    b = torch.tensor([[0.0, 0, 10, 10], [5, 0, 15, 10], [10, 0, 20, 10], [2, 2, 4, 4], [3, 3, 3, 3]])
    expected = torch.tensor([[1.0, 50 / 150, 0.0, 4 / 100, 0.0]])
    torch.testing.assert_close(boxes.iou(a, b), expected)


def test_iou_without_boxes_keeps_its_shape():
    assert boxes.iou(torch.zeros(0, 4), torch.zeros(3, 4)).shape == (0, 3)


def test_covered_is_the_share_of_the_box_not_of_the_region():
    region = torch.tensor([[0.0, 0, 100, 100]])
    inside, half, outside = [10.0, 10, 20, 20], [95.0, 0, 105, 10], [200.0, 0, 210, 10]
    shares = boxes.covered(torch.tensor([inside, half, outside]), region)
    torch.testing.assert_close(shares, torch.tensor([1.0, 0.5, 0.0]))
    assert boxes.covered(torch.tensor([inside]), torch.zeros(0, 4)).tolist() == [0.0]


def test_clip_takes_the_width_for_x_and_the_height_for_y():
    clipped = boxes.clip(torch.tensor([[-5.0, -5, 500, 500]]), height=100, width=200)
    assert clipped.tolist() == [[0, 0, 200, 100]]


@given(st.lists(st.tuples(box, box), min_size=1, max_size=8))
def test_decoding_what_was_encoded_gives_the_box_back(pairs):
    reference = torch.tensor([p[0] for p in pairs])
    target = torch.tensor([p[1] for p in pairs])
    # dw and dh are clamped from above at log(1000 / 16), so wilder ratios cannot come back.
    limit = 1000 / 16
    ratio = (target[:, 2:] - target[:, :2]) / (reference[:, 2:] - reference[:, :2])
    fits = (ratio < limit).all(dim=1)
    coder = BoxCoder((10.0, 10.0, 5.0, 5.0))
    back = coder.decode(reference, coder.encode(reference, target))
    torch.testing.assert_close(back[fits], target[fits], atol=0.05, rtol=1e-4)


def test_deltas_of_a_hand_worked_pair():
    reference = torch.tensor([[0.0, 0, 10, 20]])
    target = torch.tensor([[5.0, 10, 25, 30]])  # centre (15, 20), 20 x 20, from centre (5, 10), 10 x 20
    deltas = BoxCoder().encode(reference, target)
    torch.testing.assert_close(deltas, torch.tensor([[1.0, 0.5, math.log(2), 0.0]]))


def test_a_wild_delta_is_clamped_from_above_only():
    grown = BoxCoder().decode(torch.tensor([[0.0, 0, 16, 16]]), torch.tensor([[0.0, 0, 100, -100]]))
    assert float(grown[0, 2] - grown[0, 0]) == pytest.approx(1000, rel=1e-5)
    assert float(grown[0, 3] - grown[0, 1]) == pytest.approx(0, abs=1e-5)


def test_class_wise_deltas_decode_box_by_box():
    reference = torch.tensor([[0.0, 0, 10, 10]])
    one, two = torch.tensor([[0.1, 0.2, 0.3, 0.4]]), torch.tensor([[0.5, 0.6, 0.7, 0.8]])
    both = BoxCoder().decode(reference, torch.cat((one, two), dim=1))
    torch.testing.assert_close(both[:, :4], BoxCoder().decode(reference, one))
    torch.testing.assert_close(both[:, 4:], BoxCoder().decode(reference, two))
