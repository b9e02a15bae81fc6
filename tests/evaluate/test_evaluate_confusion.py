"""Matrices worked by hand."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.evaluate.confusion import confusion, thresholded
from docmarks.evaluate.pairs import pair
from marked import LABELS, found, page

A, B, C, D = ((x, 0.0, x + 40.0, 20.0) for x in (0.0, 100.0, 200.0, 300.0))


def moved(box, dx):
    return (box[0] + dx, box[1], box[2] + dx, box[3])


# Truth: signature A, date B, stamp C. Predictions: three on A (IoU 1, 38/42, 30/50: two signatures, a stamp), a date on
# nothing, a date on C; B is missed.
PREDICTIONS = found(
    (A, {"Signature": 0.95}),
    (moved(A, 2), {"Signature": 0.6}),
    (moved(A, 10), {"Stamp": 0.55}),
    (D, {"Date": 0.9}),
    (moved(C, 1), {"Date": 0.7}),
    (B, {"Date": 0.4}),
)
TRUTH = page((A, "Signature"), (B, "Date"), (C, "Stamp"))


def test_several_predictions_on_one_truth():
    both = pair([PREDICTIONS], [TRUTH], LABELS)
    # rows: predicted signature, date, stamp, unmatched; columns: true signature, date, stamp, unmatched
    assert confusion(both).counts.tolist() == [[2, 0, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0], [0, 1, 0, 0]]
    assert confusion(both, 0.4).counts.tolist() == [[2, 0, 0, 0], [0, 1, 1, 1], [1, 0, 0, 0], [0, 0, 0, 0]]
    assert confusion(both, 0.92).counts.tolist() == [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 1, 0]]


def test_one_to_one():
    both = pair([PREDICTIONS], [TRUTH], LABELS, rule="one-to-one")
    assert confusion(both).counts.tolist() == [[1, 0, 0, 1], [0, 0, 1, 1], [0, 0, 0, 1], [0, 1, 0, 0]]


def test_normalised_by_rows_and_by_columns():
    matrix = confusion(pair([PREDICTIONS], [TRUTH], LABELS))
    assert matrix.row_normalised[1].tolist() == [0, 0, 0.5, 0.5]
    assert matrix.column_normalised[:, 0].tolist() == pytest.approx([2 / 3, 0, 1 / 3, 0])
    empty = confusion(pair([found()], [page()], LABELS))
    assert np.isnan(empty.row_normalised).all() and empty.counts.sum() == 0


def test_a_box_of_two_labels_of_which_one_is_found():
    both = pair([found((A, {"Stamp": 0.8}))], [page((A, "Date", "Stamp"))], LABELS)
    assert confusion(both).counts.tolist() == [[0] * 4, [0] * 4, [0, 0, 1, 0], [0, 1, 0, 0]]
    # A label too many stands against a label that the box has.
    both = pair([found((A, {"Date": 0.9, "Signature": 0.8}))], [page((A, "Date"))], LABELS)
    assert confusion(both).counts.tolist() == [[0, 1, 0, 0], [0, 1, 0, 0], [0] * 4, [0] * 4]


def test_a_label_that_is_not_exhaustive_is_unknown_not_unmatched():
    both = pair([PREDICTIONS], [page((A, "Signature"), exhaustive=["Signature"])], LABELS)
    assert confusion(both).counts.tolist() == [[2, 0, 0, 0], [0] * 4, [0] * 4, [0] * 4]
    assert confusion(both).unknown.tolist() == [0, 2, 1] and confusion(both, 0.4).unknown.tolist() == [0, 3, 1]


def test_json_names_its_axes():
    data = confusion(pair([PREDICTIONS], [TRUTH], LABELS)).to_json()
    assert json.loads(json.dumps(data)) == data
    assert (
        data["rows"] == {"axis": "predicted", "labels": [*LABELS, "unmatched"]} and data["columns"]["axis"] == "truth"
    )


def counted(data, threshold):
    """What the page does with ``thresholded``."""
    n, step = len(data["labels"]), round(threshold * data["steps"])

    def at(counts):
        return counts[step] if step < len(counts) else 0

    counts = [[at(data["cells"][p][t]) for t in range(n + 1)] for p in range(n)]
    return [*counts, [*(data["truths"][t] - at(data["found"][t]) for t in range(n)), 0]]


@given(st.integers(0, 2**32 - 1))
def test_the_counts_at_every_step_are_those_at_that_threshold(seed):
    rng = np.random.default_rng(seed)
    place = [A, moved(A, 3), B, moved(B, 8), C, D]
    predictions, pages = [], []
    for _ in range(3):
        at = rng.integers(0, 6, 8)
        rows = [(place[i], {str(label): round(float(rng.random()), 2) for label in rng.choice(LABELS, 2)}) for i in at]
        predictions.append(found(*rows))
        known = [label for label in LABELS if rng.random() < 0.7]
        pages.append(page(*((place[i], str(rng.choice(LABELS))) for i in at[:4]), exhaustive=known))
    for rule in ("most-overlapped", "one-to-one"):
        both = pair(predictions, pages, LABELS, rule=rule)
        data = thresholded(both)
        for threshold in (0.0, 0.05, 0.3, 0.5, 0.57, 0.7, 1.0):
            matrix = confusion(both, threshold)
            assert matrix.counts.tolist() == counted(data, threshold)
            # Every prediction once, every ground truth of the right label at least once or missed.
            assert matrix.counts[:3].sum() == sum(int(round(float(s), 4) >= threshold) for s in both.score)
