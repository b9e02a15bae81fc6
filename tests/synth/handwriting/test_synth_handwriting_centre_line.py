import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from docmarks.synth.handwriting.centre_line import centre_lines, thinned


def blank(height=40, width=60):
    return np.zeros((height, width), bool)


def pieces(shape):
    """How many parts hang together, by their corners too."""
    left, count = set(zip(*np.nonzero(shape), strict=True)), 0
    while left:
        count, todo = count + 1, [left.pop()]
        while todo:
            y, x = todo.pop()
            near = {(y + dy, x + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)} & left
            left -= near
            todo.extend(near)
    return count


def test_a_bar_is_one_stroke_from_end_to_end():
    shape = blank()
    shape[10:15, 5:50] = True
    (path,) = centre_lines(shape)
    assert sorted([path[0, 0], path[-1, 0]]) == pytest.approx([5, 50], abs=1.5)
    assert path[:, 1] == pytest.approx(np.full(len(path), 12.5), abs=0.8)


def test_a_stroke_goes_straight_through_a_crossing():
    shape = blank(60, 60)
    shape[28:31, 5:55] = shape[5:55, 28:31] = True
    paths = sorted(centre_lines(shape), key=lambda path: -np.ptp(path[:, 0]))
    across = paths[0]
    assert np.ptp(across[:, 0]) == pytest.approx(50, abs=3) and np.ptp(across[:, 1]) < 2
    down = np.vstack(paths[1:])
    assert np.ptp(down[:, 1]) == pytest.approx(50, abs=3) and np.ptp(down[:, 0]) < 4


def test_a_ring_closes_and_a_dot_stays():
    image = Image.new("1", (60, 40))
    ImageDraw.Draw(image).ellipse((5, 5, 35, 35), outline=1, width=3)
    shape = np.array(image)
    shape[20:23, 48:51] = True
    dot, ring = sorted(centre_lines(shape), key=len)
    assert np.hypot(*(ring[0] - ring[-1])) < 3
    assert np.hypot(*(ring - (20.5, 20.5)).T) == pytest.approx(np.full(len(ring), 14), abs=1.5)
    assert np.abs(dot - (49.5, 21.5)).max() < 2


def test_nothing_has_no_strokes():
    assert centre_lines(blank()) == []


def apart(most):
    return st.integers(1, most).map(lambda step: 15 * step)


@settings(max_examples=40, deadline=None)
@given(
    # Corners far apart, so that what is drawn is strokes and no blot.
    st.lists(st.tuples(apart(7), apart(4)), min_size=2, max_size=5, unique=True),
    st.integers(3, 7),
)
def test_what_was_drawn_is_found_again(corners, width):
    image = Image.new("1", (120, 80))
    ImageDraw.Draw(image).line(corners, fill=1, width=width, joint="curve")
    shape = np.array(image)
    middle = thinned(shape)
    assert not (middle & ~shape).any() and pieces(middle) == pieces(shape)
    paths = centre_lines(shape)
    points = np.vstack([*paths, *((path[1:] + path[:-1]) / 2 for path in paths)])
    inked = np.argwhere(shape)[:, ::-1] + 0.5
    away = np.hypot(*(inked[:, None] - points[None]).transpose(2, 0, 1)).min(axis=1)
    # No ink without a path, but for the wedge where two lines meet at a sharp angle.
    assert np.quantile(away, 0.95) < 1.5 * width + 1
    assert np.median(away) < 0.5 * width
