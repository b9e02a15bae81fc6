from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.average_precision import score
from docmarks.evaluate.bootstrap import draw, interval, weighted_f1, weighted_precision
from docmarks.evaluate.label_matches import match_labels
from docmarks.evaluate.thresholds import at_score
from docmarks.marks import Detections, Mark, Page

LABEL = "Signature"


def made(seed, n_pages):
    """Pages with a few marks, an ignored region now and then, and detections of which no two have one score."""
    rng = np.random.default_rng(seed)
    pages, found = [], []
    for i in range(n_pages):
        left_top = rng.integers(0, 60, (rng.integers(0, 4), 2))
        marks = [Mark((x, y, x + 20, y + 20), (LABEL,), ignore=rng.uniform() < 0.2) for x, y in left_top.tolist()]
        pages.append(DatasetPage(Path(f"{i}.png"), Page(99, 99, marks=tuple(marks)), str(i), frozenset([LABEL])))
        boxes = [np.add(mark.box, rng.integers(-3, 4)) for mark in marks if rng.uniform() < 0.8]
        boxes += [np.array([70, 70, 95, 95])] * int(rng.integers(0, 3))
        scores = rng.uniform(0.01, 1, (len(boxes), 1)).astype(np.float32)
        found.append(Detections(np.array(boxes, np.float32).reshape(-1, 4), scores, (LABEL,)))
    return pages, found


@given(st.integers(0, 500), st.lists(st.integers(0, 3), min_size=6, max_size=6))
@settings(max_examples=60)
def test_a_weight_is_so_many_copies_of_a_page(seed, weights):
    pages, found = made(seed, 6)
    once = match_labels(found, pages, [LABEL])[LABEL]
    got = weighted_precision(once, np.arange(6), np.array([weights, [1] * 6], np.float64))
    copies = [i for i, n in enumerate(weights) for _ in range(n)]
    for row, chosen in zip(got, (copies, range(6)), strict=True):
        expected = score(match_labels([found[i] for i in chosen], [pages[i] for i in chosen], [LABEL])[LABEL])
        if expected.n_truth:
            np.testing.assert_allclose([row.mean(), row[0], row[5]], [expected.ap, expected.ap50, expected.ap75])
        else:
            assert np.isnan(row).all()


@given(st.integers(0, 500), st.lists(st.integers(0, 3), min_size=6, max_size=6), st.floats(0, 1))
@settings(max_examples=60)
def test_f1_under_weights_is_that_of_so_many_copies(seed, weights, minimum):
    pages, found = made(seed, 6)
    once = match_labels(found, pages, [LABEL])[LABEL]
    got = weighted_f1(once, np.arange(6), np.array([weights, [1] * 6], np.float64), minimum)
    copies = [i for i, n in enumerate(weights) for _ in range(n)]
    for f1, chosen in zip(got, (copies, range(6)), strict=True):
        of_copies = match_labels([found[i] for i in chosen], [pages[i] for i in chosen], [LABEL])[LABEL]
        np.testing.assert_allclose(f1, at_score(of_copies, minimum).f1)


def test_in_many_small_steps(monkeypatch):
    pages, found = made(3, 30)
    matched = match_labels(found, pages, [LABEL])[LABEL]
    weights = draw(30, 50, 1)
    whole = weighted_precision(matched, np.arange(30), weights)
    monkeypatch.setattr("docmarks.evaluate.bootstrap.NUMBERS_AT_ONCE", 100)
    np.testing.assert_array_equal(weighted_precision(matched, np.arange(30), weights), whole)


def test_draws_are_seeded_and_whole():
    drawn = draw(7, 100, 5)
    assert drawn.shape == (100, 7) and (drawn.sum(axis=1) == 7).all()
    np.testing.assert_array_equal(drawn, draw(7, 100, 5))
    assert not np.array_equal(drawn, draw(7, 100, 6)) and draw(0, 3, 0).shape == (3, 0)


def test_the_interval_is_as_wide_as_it_should_be():
    # The mean of 400 coins: its standard deviation is 0.025, so that 95 % lie within 0.049 of it.
    rng = np.random.default_rng(0)
    coins = rng.uniform(size=400) < 0.5
    found = interval(coins.mean(), draw(400, 4000, 0) @ coins / 400)
    assert found.low == pytest.approx(coins.mean() - 0.049, abs=0.006)
    assert found.high == pytest.approx(coins.mean() + 0.049, abs=0.006)
    assert np.isnan(interval(0.5, np.array([np.nan])).low)
