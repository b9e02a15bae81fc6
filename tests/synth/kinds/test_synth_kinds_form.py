import numpy as np

from docmarks.synth.kinds.form import FOOT, form
from docmarks.synth.printed.house import ERAS, House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.printed.typeset import render
from paper import dark_box


def test_no_row_runs_into_the_place_to_sign_or_off_the_page():
    tallest = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        layout = form(rng, House.random(rng, dict.fromkeys(ERAS, 1.0)))
        width, _ = layout.sheet.size
        assert all(0 <= x and x + w <= width and y < FOOT for x, y, w, _ in layout.checkboxes)
        tallest = max(tallest, max((y for _, y, _, _ in layout.checkboxes), default=0))
        *fields, (signature, (_, top, _, _)), (date, _) = layout.places
        assert (signature, date) == ("signature", "date")
        assert all(y + h < top + 24 for _, (_, y, _, h) in fields)
    assert tallest > FOOT - 40  # some do come that far


def test_some_checkboxes_stand_in_tables_row_over_row_and_never_into_each_other():
    close = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        squares = form(rng, House.random(rng, dict.fromkeys(ERAS, 1.0))).checkboxes
        for i, (x, y, w, h) in enumerate(squares):
            for left, top, wide, high in squares[i + 1 :]:
                apart = max(max(left - x - w, x - left - wide), max(top - y - h, y - top - high))
                assert apart > 0
                close += left == x and top > y and apart < 3
    assert close > 50  # rows that are hardly higher than their boxes


def test_a_box_wider_than_high_is_printed_where_it_is_said_to_be():
    layout = Layout()
    assert layout.checkbox(100, 200, 20, 2, stretch=1.5) == 130
    ((x, y, w, h),) = layout.checkboxes
    assert (x, y, w, h) == (99, 199, 32, 22)
    pixels, scale = render(layout.sheet, 1584)
    assert scale == 2 and dark_box(pixels) == (198, 398, 262, 442)
