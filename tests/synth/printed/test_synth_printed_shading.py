import numpy as np

from docmarks.synth.marks.boxes import draw_square, is_blank
from docmarks.synth.printed.shading import DARKEST, LIGHTEST, shade_rows


def test_bands_lie_under_rows_of_boxes_and_leave_ink_and_blank_squares_as_they_are():
    shaded = 0
    for seed in range(20):
        page = np.full((300, 400), 255, np.uint8)
        boxes = [draw_square(page, 200, 40 + 60 * i, 20, np.random.default_rng(i)) for i in range(4)]
        page[:, 210:260:7] = np.minimum(page[:, 210:260:7], 30)
        before = page.copy()
        shade_rows(page, boxes, np.random.default_rng(seed))
        changed = page != before
        assert (page[changed] >= DARKEST).all() and (page[changed] < LIGHTEST).all() and (page <= before).all()
        rows = np.flatnonzero(changed.any(axis=1))
        assert all(any(box[1] - 11 <= row <= box[3] + 11 for box in boxes) for row in rows)
        shaded += sum(bool(changed[int(box[1]) : int(box[3])].any()) for box in boxes)
    assert 16 < shaded < 64


def test_a_square_on_a_band_still_counts_as_blank():
    for seed in range(10):
        page = np.full((100, 200), 255, np.uint8)
        box = draw_square(page, 80, 40, 20, np.random.default_rng(seed))
        shade_rows(page, [box], np.random.default_rng(seed))
        assert is_blank(page, box)
