import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from docmarks.marks import Mark
from docmarks.synth.scan.warp import about, moved, outline, stretched, tilted, turned, warp

WIDTH, HEIGHT = 200, 160

matrices = st.builds(
    lambda degrees, x, y, u, v: stretched(x, y) @ tilted(u, v) @ turned(degrees),
    st.floats(-5, 5),
    st.floats(0.94, 1.06),
    st.floats(0.94, 1.06),
    st.floats(-2e-4, 2e-4),
    st.floats(-2e-4, 2e-4),
)


def edges(dark):
    """(left, top, right, bottom) of what is dark."""
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@given(matrices, st.integers(45, 110), st.integers(40, 90), st.integers(6, 50), st.integers(6, 40))
@settings(max_examples=120)
def test_a_painted_boxs_pixels_stay_inside_the_moved_box_and_touch_its_sides(matrix, left, top, width, height):
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    page[top : top + height, left : left + width] = 0
    mark = Mark((left, top, left + width, top + height), ("Stamp",))
    seen, (found,), _ = warp(page, [mark], about(matrix, WIDTH, HEIGHT))
    # Bilinear sampling spreads an edge over a pixel; what is more than half dark belongs to the box.
    x0, y0, x1, y1 = edges(seen < 128)
    assert found.box[0] <= x0 + 0.51 and found.box[1] <= y0 + 0.51
    assert found.box[2] >= x1 - 0.51 and found.box[3] >= y1 - 0.51
    # A turned corner is a tip thinner than a pixel, so that its last half pixel may be paler than half dark. Paper that
    # is stretched by six percent stretches what is spread as well.
    sides = np.abs(np.array(found.box) - edges(seen < 250))
    assert sides.max() <= 1.06


@given(matrices, st.integers(0, 2**31))
@settings(max_examples=60)
def test_the_box_of_a_scribble_stays_tight(matrix, seed):
    rng = np.random.default_rng(seed)
    page = np.full((HEIGHT, WIDTH), 255, np.uint8)
    points = np.column_stack((rng.integers(60, 140, 30), rng.integers(50, 110, 30)))
    for x, y in points:
        page[y : y + 3, x : x + 3] = 0
    x0, y0, x1, y1 = edges(page == 0)
    seen, (found,), _ = warp(page, [Mark((x0, y0, x1, y1), ("Signature",))], about(matrix, WIDTH, HEIGHT))
    assert found.box == pytest.approx([float(v) for v in edges(seen < 200)], abs=1.3)


def test_turning_is_as_pillow_turns():
    page = np.random.default_rng(0).integers(0, 255, (40, 60), np.uint8)
    page = np.asarray(Image.fromarray(page).resize((120, 80)))
    seen, _, _ = warp(page, [], about(turned(4.0), 120, 80))
    theirs = np.asarray(Image.fromarray(page).rotate(4.0, Image.Resampling.BILINEAR, fillcolor=255))
    assert np.abs(seen.astype(int) - theirs)[10:-10, 10:-10].max() <= 2


def test_points_go_where_they_are_said_to():
    # Worked by hand: a quarter turn counter-clockwise takes (1, 0) up, and up is -y.
    np.testing.assert_allclose(moved(np.array([[1.0, 0.0]]), turned(90)), [[0, -1]], atol=1e-12)
    np.testing.assert_allclose(moved(np.array([[10.0, 0.0]]), tilted(0.01, 0)), [[10 / 1.1, 0]])
    np.testing.assert_allclose(moved(np.array([[5.0, 5.0]]), about(stretched(2, 1), 10, 10)), [[5, 5]])


def test_without_ink_at_its_sides_a_box_is_its_ellipse():
    page = np.full((100, 100), 255, np.uint8)
    page[48:52, 48:52] = 0  # a white-out with a speck on it
    points = outline(page, (20, 30, 80, 70), 200)
    assert points.min(axis=0) == pytest.approx([20, 30], abs=0.2) and points.max(axis=0) == pytest.approx(
        [80, 70], abs=0.2
    )
    assert not any(abs(x - 20) < 1 and abs(y - 30) < 1 for x, y in points)


def test_nothing_moved_is_nothing_changed():
    page = np.random.default_rng(1).integers(0, 255, (50, 70, 3), np.uint8)
    mark = Mark((10.5, 12.0, 30.25, 31.0), ("Date",))
    seen, (found,), _ = warp(page, [mark], np.eye(3))
    assert np.array_equal(seen, page) and found.box == pytest.approx(mark.box, abs=1)
    assert found.labels == ("Date",)
