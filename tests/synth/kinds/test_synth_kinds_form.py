import numpy as np

from docmarks.synth.kinds.form import FOOT, form
from docmarks.synth.printed.house import ERAS, House


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
