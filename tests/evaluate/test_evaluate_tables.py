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


def test_a_row_a_set_and_label_and_all_sets():
    box = (0, 0, 10, 10)
    signed = result("leases", (Mark(box, ("Signature",)),), [box], [[0.9, 0]])
    empty = result("blank", (), [box], [[0.9, 0.8]])
    out = io.StringIO()
    print_evaluation(Evaluation(LABELS, (0.5, 0.85), (signed, empty)), Console(file=out, width=120))
    rows = [" ".join(line.replace("│", " ").split()) for line in out.getvalue().splitlines()]
    assert "leases Signature 1 1 100.0 100.0 100.0" in rows
    # The false Signature of the empty page has the same score as the right one, and comes after it.
    assert "all sets Signature 2 1 100.0 100.0 100.0" in rows
    assert "Signature 0.50 50.0 100.0 66.7 0.50 -" in rows and "Stamp 0.85 - - - 0.50 -" in rows
    assert rows[-1] == "1.00 marks found a page without any (1 such pages)"


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
