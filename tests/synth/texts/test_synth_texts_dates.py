import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from docmarks.synth.ink.handwritten import signature
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.paper import Paper
from docmarks.synth.signing import Signer
from docmarks.synth.texts import dates, people

IN_DIGITS = re.compile(r"(\d{1,4})([/.-])(\d{1,2})(\2\d{2,4})?")


def test_dates_are_days_and_months_that_there_are():
    rng, in_digits = np.random.default_rng(0), 0
    for _ in range(3000):
        text = dates.written(rng)
        numbers = [int(n) for n in re.findall(r"\d+", text)]
        if IN_DIGITS.fullmatch(text):
            in_digits += 1
            first, second = (numbers[1:] if numbers[0] > 31 else numbers)[:2]
            assert 1 <= min(first, second) <= 12 and max(first, second) <= 31, text
        else:
            named = [month for month in dates.MONTHS if month[:3].lower() in text.lower()]
            assert len(named) == 1 or re.search(r"[IVX]", text) or re.fullmatch(r"\d+(st|nd|rd|th)", text), text
    assert 0.5 < in_digits / 3000 < 0.8


@given(seed=st.integers(0, 2**32))
def test_a_number_that_something_is_filed_under_is_no_date(seed):
    text = people.reference(np.random.default_rng(seed))
    match = IN_DIGITS.fullmatch(text)
    assert text and (match is None or int(match[1]) > 99)


def test_a_dated_signature_is_two_marks_where_ink_is_and_takes_its_place():
    ink, rng = InkLibrary.builtin(), np.random.default_rng(3)
    touching = 0
    for _ in range(25):
        page = np.full((500, 700), 240, np.uint8)
        signer = Signer(page, Paper(page), rng, ink)
        marks = signer.dated(signature(ink, rng))
        if not marks:  # too large for a page so small
            continue
        assert [mark.labels for mark in marks] == [("Signature",), ("Date",)]
        boxes = np.array([mark.box for mark in marks])
        left, top, right, bottom = (*boxes[:, :2].min(axis=0).astype(int), *boxes[:, 2:].max(axis=0).astype(int))
        inked = np.argwhere(page < 240)
        seen = [*inked.min(axis=0), *(inked.max(axis=0) + 1)]
        np.testing.assert_allclose(seen, [top, left, bottom, right], atol=2)  # the faintest rim is not boxed
        assert not signer.paper.is_free((left, top, right, bottom))
        touching += bool((boxes[0, :2] < boxes[1, 2:]).all() and (boxes[1, :2] < boxes[0, 2:]).all())
    assert 3 < touching < 25
