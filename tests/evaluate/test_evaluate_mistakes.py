import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.evaluate.label_matches import match_labels
from docmarks.evaluate.match import WRONG
from docmarks.evaluate.mistakes import LEAST, Mistake, mistakes
from marked import LABELS, found, page

A, B, FAR = (0, 0, 100, 50), (200, 0, 300, 50), (500, 500, 600, 600)


def as_dict(its):
    """{(label, box): size}."""
    return {(mistake.label, mistake.box): round(mistake.size, 6) for mistake in its}


def test_a_case_worked_by_hand():
    """A is found at 0.6; B, a date, is missed and taken for a stamp; a stamp is seen where nothing is."""
    truth = page((A, "Signature"), (B, "Date"))
    seen = found((A, {"Signature": 0.6}), (B, {"Date": 0.25, "Stamp": 0.9}), (FAR, {"Stamp": 0.8, "Date": 0.2}))
    (its,) = mistakes([seen], [truth], LABELS)
    assert as_dict(its) == {
        ("Signature", A): 0.4,
        ("Date", B): 0.75,
        ("Stamp", B): 0.9,
        ("Stamp", FAR): 0.8,
    }  # the date of 0.2 is too faint to count


def test_a_mark_without_any_detection_is_missed_altogether():
    assert mistakes([found()], [page((A, "Stamp"))], LABELS) == [(Mistake(A, "Stamp", 1.0),)]


def test_a_box_that_is_half_off_is_wrong_there_and_missed_here():
    shifted = (60, 0, 160, 50)  # IoU 40 / 160
    (its,) = mistakes([found((shifted, {"Stamp": 0.9}))], [page((A, "Stamp"))], LABELS)
    assert as_dict(its) == {("Stamp", shifted): 0.9, ("Stamp", A): 1.0}


def test_what_nobody_annotated_is_no_mistake():
    seen = found((A, {"Stamp": 0.9, "Date": 0.9}), (FAR, {"Stamp": 0.9}))
    unknown = page((A, "Stamp"), exhaustive=("Date",), ignored=[A])
    assert mistakes([seen], [unknown], LABELS) == [()]  # dates are known, but the region is uncertain
    assert mistakes([seen], [page(exhaustive=())], LABELS) == [()]


def test_each_page_has_its_own():
    pages = [page((A, "Stamp")), page(), page((B, "Date"))]
    seen = [found((A, {"Stamp": 1.0})), found((A, {"Stamp": 0.7})), found()]
    right, wrong, missed = mistakes(seen, pages, LABELS)
    assert right == () and as_dict(wrong) == {("Stamp", A): pytest.approx(0.7)} and as_dict(missed) == {("Date", B): 1}


corners = st.integers(0, 40)


@given(
    st.lists(st.tuples(corners, corners, st.sampled_from(LABELS)), max_size=5),
    st.lists(st.tuples(corners, corners, st.sampled_from(LABELS), st.floats(0.01, 1)), max_size=8),
)
def test_they_are_what_the_figures_count(truths, guesses):
    """As many false positives, and as many marks not surely found, as the matching behind AP50 has."""

    def box(x, y):
        return float(x), float(y), x + 20.0, y + 20.0

    pages = [page(*((box(x, y), label) for x, y, label in truths))]
    seen = [found(*((box(x, y), {label: score}) for x, y, label, score in guesses))]
    (its,) = mistakes(seen, pages, LABELS)
    for label, matched in match_labels(seen, pages, LABELS).items():
        scores, wrong = matched.scores, matched.outcome[0, 0] == WRONG
        false = int((wrong & (scores >= LEAST)).sum())
        sure = int((~wrong & (1 - scores < LEAST)).sum())
        assert sum(mistake.label == label for mistake in its) == false + matched.n_truth - sure
        sizes = np.array([mistake.size for mistake in its])
        assert ((sizes >= LEAST) & (sizes <= 1)).all()
