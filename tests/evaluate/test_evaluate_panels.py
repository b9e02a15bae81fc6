import numpy as np
import pytest
from test_evaluate_confusion import PREDICTIONS, TRUTH, A, B, D

from docmarks.evaluate.pairs import pair
from docmarks.evaluate.panels import chosen, panels, worst_pages
from marked import LABELS, found, page


def test_selection_rule():
    assert chosen(0).tolist() == [] and chosen(100).tolist() == list(range(100))
    spread = chosen(101)
    assert len(spread) == len(set(spread)) == 100 and (spread[0], spread[-1]) == (0, 100)
    spread = chosen(200)
    assert len(set(spread.tolist())) == 100 and set(np.diff(spread)) == {2, 3} and (spread[0], spread[-1]) == (0, 199)
    assert chosen(201).tolist() == [*range(100), *range(101, 201)]
    assert chosen(5000).tolist() == [*range(100), *range(4900, 5000)]


def test_a_panel_for_each_cell_most_confident_first():
    made = {(p.predicted, p.true): p for p in panels(pair([PREDICTIONS], [TRUTH], LABELS))}
    assert {cell: p.count for cell, p in made.items()} == {(0, 0): 2, (1, 2): 1, (1, 3): 1, (2, 0): 1, (3, 1): 1}
    assert [crop.score for crop in made[0, 0].crops] == pytest.approx([0.95, 0.6])
    assert made[0, 0].crops[1].box == (2, 0, 42, 20) and made[0, 0].crops[1].truth == A
    assert made[1, 3].crops[0].truth is None and made[1, 3].crops[0].box == D
    (missed,) = made[3, 1].crops
    assert (missed.box, missed.truth, missed.score, missed.page) == (B, B, None, 0)
    lower = {(p.predicted, p.true) for p in panels(pair([PREDICTIONS], [TRUTH], LABELS), 0.4)}
    assert (1, 1) in lower and (3, 1) not in lower


def test_of_many_the_rule_chooses():
    scores = np.linspace(0.5, 1, 7)
    both = pair([found((A, {"Date": s})) for s in scores], [page()] * 7, LABELS)
    (panel,) = panels(both, shown=3)
    assert panel.count == 7 and [crop.page for crop in panel.crops] == [6, 5, 4, 2, 1, 0]


def test_worst_pages_first():
    both = pair([found(), PREDICTIONS, found((D, {"Date": 0.9}))], [TRUTH, TRUTH, page()], LABELS)
    worst = [(number, counts.tolist()) for number, counts in worst_pages(both, 3)]
    assert worst == [(1, [1, 2, 1]), (0, [0, 0, 3]), (2, [1, 0, 0])]
    assert worst_pages(pair([found()], [page()], LABELS), 1) == []
