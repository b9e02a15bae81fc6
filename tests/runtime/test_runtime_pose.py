import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.runtime.pose import Pose


def box_of(image):
    """(left, top, right, bottom) of what is dark."""
    rows, columns = np.nonzero(image < 128)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


@given(
    quarters=st.integers(0, 3),
    size=st.tuples(st.integers(2, 40), st.integers(2, 40)),
    corner=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6)),
)
def test_boxes_lie_where_the_page_lies(quarters, size, corner):
    width, height = size
    left, top = corner[0] % width, corner[1] % height
    right, bottom = left + 1 + corner[2] % (width - left), top + 1 + corner[3] % (height - top)
    page = np.full((height, width), 255, np.uint8)
    page[top:bottom, left:right] = 0
    boxes = np.array([box_of(Pose(quarters).straighten(page))], np.float32)
    assert Pose(quarters).back(boxes, size).tolist() == [[left, top, right, bottom]]


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("skew", [-9.0, -2.5, 4.0, 11.5])
def test_a_spot_is_found_again_on_the_page_that_lies_crooked(quarters, skew):
    pose, page = Pose(quarters, skew), np.full((400, 300), 255, np.uint8)
    page[350:354, 20:24] = 0
    upright = pose.straighten(page)
    back = pose.back(np.array([box_of(upright)], np.float32), (300, 400))[0]
    np.testing.assert_allclose((back[:2] + back[2:]) / 2, [22, 352], atol=1)
    assert (upright < 255).sum() >= 9  # larger than the page was: nothing of it is lost


def test_a_turn_is_counter_clockwise_and_boxes_get_room_for_it():
    page = np.full((200, 200), 255, np.uint8)
    page[98:102, 150:154] = 0  # right of the middle
    _, top, _, bottom = box_of(Pose(0, 10.0).straighten(page))
    assert (top + bottom) / 2 < np.ceil(200 * (np.cos(0.1745) + np.sin(0.1745))) / 2 - 5  # it went up
    wide = np.array([[50, 90, 150, 110]], np.float32)
    back = Pose(0, 6.0).back(wide, (200, 200))[0]
    cos, sin = np.cos(np.deg2rad(6)), np.sin(np.deg2rad(6))
    np.testing.assert_allclose(back[2:] - back[:2], [100 * cos + 20 * sin, 20 * cos + 100 * sin], atol=1e-3)


def test_beside_a_turned_page_there_is_paper_of_its_colour():
    page = np.empty((100, 80, 3), np.uint8)
    page[:] = 250, 240, 200
    assert np.unique(Pose(1, 5.0).straighten(page).reshape(-1, 3), axis=0).tolist() == [[250, 240, 200]]


def test_a_page_that_lies_upright_is_itself():
    page = np.random.default_rng(0).integers(0, 255, (30, 20), np.uint8)
    np.testing.assert_array_equal(Pose().straighten(page), page)
    boxes = np.array([[1.5, 2, 3, 4]], np.float32)
    np.testing.assert_array_equal(Pose().back(boxes, (20, 30)), boxes)
    assert Pose().turned == 0 and Pose(3, -2.5).turned == 267.5
