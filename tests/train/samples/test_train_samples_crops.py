import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.marks import Mark
from docmarks.train.config import CropConfig
from docmarks.train.samples.crops import Cropper, Window

CONFIG = CropConfig(width=64, height=48, page_long_side=(100, 200))


def page_with(box, size=(200, 150)):
    page = np.full(size, 255, np.uint8)
    left, top, right, bottom = box
    page[top:bottom, left:right] = 0
    return page


@given(st.integers(0, 110), st.integers(0, 160), st.integers(8, 40), st.integers(8, 40), st.integers(0, 2**31))
@settings(max_examples=60)
def test_boxes_lie_where_the_ink_is(left, top, width, height, seed):
    box = (left, top, min(left + width, 150), min(top + height, 200))
    page = page_with(box)
    crop, marks, window = Cropper(CONFIG)(page, [Mark(tuple(map(float, box)), ("Stamp",))], np.random.default_rng(seed))
    assert crop.shape == (48, 64)
    dark = np.argwhere(crop < 128)
    if not marks:
        assert len(dark) <= 2 * 64  # at most a sliver less than a pixel wide
        return
    got = marks[0].box
    if len(dark):
        (y0, x0), (y1, x1) = dark.min(axis=0), dark.max(axis=0) + 1
        slack = 1.5 + window.scale  # a page pixel, blurred
        assert got[0] == pytest.approx(x0, abs=slack) and got[1] == pytest.approx(y0, abs=slack)
        assert got[2] == pytest.approx(x1, abs=slack) and got[3] == pytest.approx(y1, abs=slack)


def test_a_mark_cut_in_half_becomes_an_ignored_region():
    cropper = Cropper(CONFIG)
    window = Window(left=0, top=0, scale=1.0)
    whole, half, sliver, outside = (0, 0, 10, 10), (60, 0, 68, 10), (55, 0, 66, 10), (64, 0, 70, 10)
    marks = [Mark(tuple(map(float, b)), ("Stamp",)) for b in (whole, half, sliver, outside)]
    found = cropper.visible(marks, window)
    assert [(m.box, m.ignore) for m in found] == [
        ((0, 0, 10, 10), False), ((60, 0, 64, 10), True), ((55, 0, 64, 10), False)
    ]  # fmt: skip


def test_an_ignored_mark_stays_ignored():
    found = Cropper(CONFIG).visible([Mark((0, 0, 9, 9), ("Stamp",), ignore=True)], Window(0, 0, 1.0))
    assert [m.ignore for m in found] == [True]


def test_a_page_smaller_than_the_crop_is_laid_on_white():
    page = np.zeros((20, 30), np.uint8)
    crop = Cropper(CONFIG).cut(page, Window(left=-10, top=-5, scale=1.0))
    assert (crop[5:25, 10:40] == 0).all() and crop.sum() == 255 * (48 * 64 - 20 * 30)


def test_the_same_seed_gives_the_same_crop():
    page = page_with((40, 40, 60, 60))
    marks = [Mark((40, 40, 60, 60), ("Stamp",))]
    one, two = (Cropper(CONFIG)(page, marks, np.random.default_rng(5)) for _ in range(2))
    assert np.array_equal(one[0], two[0]) and one[1] == two[1] and one[2] == two[2]


def test_rare_labels_are_shown_as_often_as_common_ones():
    marks = [Mark((10.0 * i, 0, 10.0 * i + 5, 5), ("Unfilled Checkbox",)) for i in range(12)]
    marks.append(Mark((60, 180, 90, 195), ("Signature",)))
    cropper = Cropper(CONFIG.model_copy(update={"on_mark": 1.0, "page_long_side": (199, 200)}))
    rng = np.random.default_rng(0)
    page = np.full((200, 150), 255, np.uint8)
    seen = sum(any(m.label == "Signature" for m in cropper(page, marks, rng)[1]) for _ in range(200))
    assert 70 < seen < 130


def test_small_marks_are_put_into_the_middle():
    marks = [Mark((20, 100, 28, 108), ("Unfilled Checkbox",)), Mark((60, 20, 140, 60), ("Signature",))]
    page = np.full((1000, 1000), 255, np.uint8)
    changes = {"on_small": 1.0, "page_long_side": (999, 1000), "small": 30.0}
    cropper = Cropper(CONFIG.model_copy(update=changes))
    rng = np.random.default_rng(0)
    for _ in range(20):
        _, seen, window = cropper(page, [m.scaled(3, 3) for m in marks], rng)
        small = [m for m in seen if m.label == "Unfilled Checkbox"]
        assert small and not small[0].ignore
        x = (small[0].box[0] + small[0].box[2]) / 2
        assert 64 / 3 - 1 <= x <= 128 / 3 + 1 and window.left >= 0
    cropper = Cropper(CONFIG.model_copy(update=changes | {"small": 10.0}))  # nothing is so small
    found = {label for _ in range(40) for label in (m.label for m in cropper(page, marks[1:], rng)[1])}
    assert found <= {"Signature"}
