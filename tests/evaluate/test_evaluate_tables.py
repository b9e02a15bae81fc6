import io
import math
from pathlib import Path

import numpy as np
from rich.console import Console

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.evaluate.tables import percent, print_evaluation
from docmarks.marks import Detections, Mark, Page

LABELS = ("Signature", "Stamp")


def result(name, marks, boxes, scores):
    page = DatasetPage(Path("p.png"), Page(100, 100, marks=marks), "g", frozenset(LABELS))
    found = Detections(np.array(boxes, np.float32).reshape(-1, 4), np.array(scores, np.float32).reshape(-1, 2), LABELS)
    return SetResult(name, (page,), (found,), LABELS)


def shown(evaluation, width=200):
    out = io.StringIO()
    print_evaluation(evaluation, Console(file=out, width=width))
    return [" ".join(line.replace("│", " ").split()) for line in out.getvalue().splitlines()]


BOX = (0, 0, 10, 10)


def test_a_row_a_set_and_label_and_all_sets():
    signed = result("leases", (Mark(BOX, ("Signature",)),), [BOX], [[0.9, 0]])
    empty = result("blank", (), [BOX], [[0.9, 0.8]])
    rows = shown(Evaluation(LABELS, (0.5, 0.85), (signed, empty)))
    assert "leases Signature 1 1" + 7 * " 100.0" in rows
    # The false Signature of the empty page has the same score as the right one, and comes after it; F1 has both.
    assert "all sets Signature 2 1" + 6 * " 100.0" + " 66.7" in rows
    assert "all sets mean 2 1" + 6 * " 100.0" + " -" in rows
    assert "leases Signature 1 1 100.0 - - 100.0 100.0 - - 100.0" in rows  # 10 x 10 is small
    # All that is found is right at 0.9 or not: 1 of 2, so the confidence is 0.4 too high.
    assert "Signature 0.50 50.0 100.0 66.7 0.50 - 40.0" in rows and "Stamp 0.85 - - - 0.50 - -" in rows
    assert rows[-1] == "1.00 marks found a page without any (1 such pages)"
    assert "Signature 1 1 1.000" in rows and "Stamp 1 0 0.000" in rows


def test_sets_side_by_side_with_what_is_lost():
    marks = (Mark(BOX, ("Signature",)),)
    home, away = result("leases", marks, [BOX], [[0.9, 0]]), result("fcc", marks, [], [])
    found = Evaluation(LABELS, (0.5, 0.5), (home, away))
    assert found.drops == {"fcc": {"Signature": (-1.0, -1.0)}}
    rows = shown(found)
    assert "Signature 100.0 0.0 -100.0" in rows and "mean of those that both have 0.0 -100.0" in rows


def test_a_target_precision():
    marks = tuple(Mark((x, 0, x + 8, 8), ("Signature",)) for x in range(0, 60, 10))
    boxes = [mark.box for mark in marks[:3]] + [(80, 80, 90, 90)]
    one = result("leases", marks, boxes, [[0.9, 0], [0.8, 0], [0.6, 0], [0.7, 0]])
    # The scores lie, two and two, 0.15 off what is right of them.
    rows = shown(Evaluation(LABELS, (0.5, 0.5), (one,), target_precision=0.9))
    assert "Signature 0.50 75.0 50.0 60.0 0.30 60.0 0.75 33.3 15.0" in rows


def test_names_are_no_markup():
    one = result("[red]a[/red]", (Mark(BOX, ("Signature",)),), [BOX], [[0.9, 0]])
    assert any("[red]a[/red] Signature" in row for row in shown(Evaluation(LABELS, (0.5, 0.5), (one,))))


def test_percent():
    assert (percent(0.1234), percent(0.0), percent(math.nan)) == ("12.3", "0.0", "-")


def test_label_names_stay_whole_on_a_narrow_terminal():
    name = "Unfilled Checkbox"
    page = DatasetPage(Path("p.png"), Page(9, 9, marks=(Mark((0, 0, 1, 1), (name,)),)), "g", frozenset([name]))
    found = Detections(np.zeros((0, 4), np.float32), np.zeros((0, 1), np.float32), (name,))
    out = io.StringIO()
    one = SetResult("a set with quite a long name", (page,), (found,), (name,))
    print_evaluation(Evaluation((name,), (0.5,), (one,)), Console(file=out, width=80))
    assert out.getvalue().count(name) == 3
