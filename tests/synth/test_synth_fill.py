from collections import Counter

import numpy as np
import pytest

from docmarks.marks import Mark
from docmarks.synth.fill import fill_form
from docmarks.synth.ink.library import InkLibrary


@pytest.fixture(scope="module")
def ink():
    return InkLibrary.builtin()


def squares(page, *places, size=16):
    """Printed squares, drawn in place, and their boxes."""
    for x, y in places:
        page[y : y + size, x : x + size] = 20
        page[y + 1 : y + size - 1, x + 1 : x + size - 1] = 255
    return [(float(x), float(y), float(x + size), float(y + size)) for x, y in places]


def taught(page, marks, ink, seeds):
    """How often the squares into which nothing is written are taught as what, or (None) as nothing."""
    found = [Counter() for _ in marks]
    for seed in range(seeds):
        filled, now = fill_form(page, [], marks, np.random.default_rng(seed), ink, extras=0)
        for counter, mark, old in zip(found, now, marks, strict=True):
            x0, y0, x1, y1 = (int(v) for v in old.box)
            if (filled[y0:y1, x0:x1] >= page[y0:y1, x0:x1].astype(int) - 90).all():  # but for a grey band
                counter[None if mark.ignore else mark.label] += 1
    return found


def test_squares_that_nothing_is_written_into_are_what_they_are_annotated_as(ink):
    page = np.full((200, 300), 255, np.uint8)
    boxes = squares(page, (50, 50), (100, 50), (150, 50))
    page[54:62, 57:59] = 20  # a printed figure in an empty square
    for i in range(8):
        page[54 + i : 56 + i, 104 + i] = 90  # a stroke in a filled one
    labels = ("Unfilled Checkbox", "Filled Checkbox", "Filled Checkbox")  # the last shows nothing
    marks = [Mark(box, (label,)) for box, label in zip(boxes, labels, strict=True)]
    one, two, three = taught(page, marks, ink, 60)
    assert set(one) == {"Unfilled Checkbox"} and set(two) == {"Filled Checkbox"} and set(three) == {None}


def test_a_grey_band_fills_no_square(ink):
    page = np.full((300, 300), 255, np.uint8)
    marks = [Mark(box, ("Unfilled Checkbox",)) for box in squares(page, *((60, 40 + 19 * n) for n in range(12)))]
    seen = sum(taught(page, marks, ink, 120), Counter())
    assert set(seen) == {"Unfilled Checkbox"} and seen.total() > 600
