"""Costs against those of TIDE's own package (reference/make_tide.py), and pages worked by hand."""

import json
from pathlib import Path

import numpy as np
import pytest

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.error_kinds import KINDS, SIDES, costs
from docmarks.evaluate.error_sorting import find_errors
from docmarks.marks import Detections, Mark, Page
from marked import LABELS, found, page

CASES = json.loads((Path(__file__).parent / "reference" / "tide.json").read_text())

SHORT = {
    "class": "Cls",
    "location": "Loc",
    "both": "Both",
    "duplicate": "Dupe",
    "background": "Bkg",
    "missed": "Miss",
    "false positives": "FalsePos",
    "false negatives": "FalseNeg",
}


def box(row):
    x, y, width, height = row[:4]
    return (float(x), float(y), float(x + width), float(y + height))


@pytest.mark.parametrize("case", CASES)
def test_costs_are_those_of_tide(case):
    labels = tuple(f"label {k}" for k in range(case["labels"]))
    pages, predictions = [], []
    for given in case["pages"]:
        marks = [Mark(box(row), (labels[row[4]],)) for row in given["truth"]]
        marks += [Mark(box(row), (), ignore=True) for row in given["ignored"]]
        pages.append(DatasetPage(Path("p.png"), Page(300, 300, marks=tuple(marks)), "g", frozenset(labels)))
        scores = np.zeros((len(given["found"]), len(labels)), np.float32)
        for row, (*_, label, score) in zip(scores, given["found"], strict=True):
            row[label] = score
        boxes = np.array([box(row) for row in given["found"]], np.float32).reshape(-1, 4)
        predictions.append(Detections(boxes, scores, labels))
    errors = find_errors(predictions, pages, labels)
    assert np.nanmean(errors.as_found().average_precision()) == pytest.approx(case["lost"]["ap"], abs=1e-9)
    for cost in costs(errors, (*KINDS, *SIDES)):
        assert cost.lost == pytest.approx(max(case["lost"][SHORT[cost.name]], 0), abs=1e-9), cost.name
        if cost.name in ("class", "location", "both", "duplicate", "background", "missed"):
            assert cost.count == case["counts"][SHORT[cost.name]], cost.name


A, B, C = ((x, 0.0, x + 40.0, 20.0) for x in (0.0, 100.0, 200.0))


def by_name(predictions, pages, kinds=KINDS):
    return {cost.name: cost for cost in costs(find_errors(predictions, pages, LABELS), kinds)}


def test_one_error_of_each_kind():
    predictions = found(
        (A, {"Date": 0.99}),  # right
        ((1, 0, 41, 20), {"Date": 0.9}),  # duplicate
        (B, {"Stamp": 0.8}),  # class: B is a signature
        ((225, 0, 265, 20), {"Stamp": 0.7}),  # location: IoU 15/65 with C
        ((130, 0, 170, 20), {"Date": 0.6}),  # both: IoU 10/70 with B, a signature
        ((400, 0, 440, 20), {"Date": 0.5}),  # background
    )
    truth = page((A, "Date"), (B, "Signature"), (C, "Stamp"), ((600, 0, 640, 20), "Stamp"))
    found_kinds = by_name([predictions], [truth])
    assert {name: cost.count for name, cost in found_kinds.items()} == dict.fromkeys(found_kinds, 1)
    # Signature had nothing; mended it has its one mark: AP 100 of that label, a third of the mean.
    assert found_kinds["class"].lost_by_label[0] == pytest.approx(100)
    # The last stamp lies at recall 1/2; without it one mark is left, and nothing right is found for it.
    assert found_kinds["missed"].lost_by_label == pytest.approx([0, 0, 0])


def test_labels_that_are_not_exhaustive_are_left_out():
    predictions = found((A, {"Date": 0.9}), (B, {"Stamp": 0.8}))
    partial = by_name([predictions], [page((A, "Date"), (B, "Signature"), exhaustive=["Date"])])
    assert all(cost.count == 0 for cost in partial.values())
    assert np.isnan(partial["class"].lost_by_label[2])


def test_nothing_at_all():
    for pages in ([], [page()]):
        nothing = by_name([found() for _ in pages], pages, (*KINDS, *SIDES))
        assert all(cost.lost == 0 and cost.count == 0 for cost in nothing.values())
