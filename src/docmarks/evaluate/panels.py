"""Which predictions and ground truths to look at: a panel for each cell of the confusion matrix.

A cell of a frequent label has thousands of predictions. The study shows up to 100 of them whole, spreads 100 evenly
over up to 200, and of more takes the 100 most and the 100 least confident.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmarks.evaluate.confusion import THRESHOLD
from docmarks.evaluate.pairs import Int, Pairs, units
from docmarks.marks import Box

SHOWN = 100
"""The study's number of crops."""


@dataclass(frozen=True)
class Crop:
    """One place to look at.

    Attributes:
        page: Index of the page.
        box: Of the prediction; of the ground truth where there is none.
        truth: The ground truth's box; None if the prediction has none.
        score: Of the prediction; None for a missed ground truth.
    """

    page: int
    box: Box
    truth: Box | None
    score: float | None


@dataclass(frozen=True)
class Panel:
    """One cell.

    Attributes:
        predicted: The predicted label's index; K for missed ground truths.
        true: The true label's index; K for unmatched predictions.
        count: How many the cell has.
        crops: Those to show, most confident first.
    """

    predicted: int
    true: int
    count: int
    crops: tuple[Crop, ...]


def chosen(count: int, shown: int = SHOWN) -> NDArray[np.int64]:
    """Ranks to show of ``count``, rising: all, evenly spread ones, or the first and the last.

    Args:
        count: How many there are, in order of confidence.
        shown: Up to so many are shown whole; up to twice as many are spread; of more so many from each end are taken.
    """
    if count <= shown:
        return np.arange(count)
    if count <= 2 * shown:
        return np.linspace(0, count - 1, shown).round().astype(np.int64)
    return np.concatenate([np.arange(shown), np.arange(count - shown, count)])


def panels(pairs: Pairs, threshold: float = THRESHOLD, shown: int = SHOWN) -> Iterator[Panel]:
    """The panels of all cells that have something, by predicted, then by true label; missed ground truths last.

    Missed ground truths have no confidence; they come in the order of their pages.
    """
    n, least = len(pairs.names), int(units(np.float64(threshold)))
    counted = np.flatnonzero(units(pairs.score) >= least)
    counted = counted[np.argsort(-pairs.score[counted], kind="stable")]
    cell = pairs.label[counted] * (n + 1) + pairs.true_label[counted]
    for number in np.unique(cell):
        members = counted[cell == number]
        crops = tuple(_found(pairs, int(i)) for i in members[chosen(len(members), shown)])
        yield Panel(int(number // (n + 1)), int(number % (n + 1)), len(members), crops)
    missed = np.flatnonzero(pairs.found_with < least)
    for label in np.unique(pairs.truth_label[missed]):
        members = missed[pairs.truth_label[missed] == label]
        crops = tuple(_missed(pairs, int(i)) for i in members[chosen(len(members), shown)])
        yield Panel(n, int(label), len(members), crops)


def _found(pairs: Pairs, i: int) -> Crop:
    truth = int(pairs.truth[i])
    return Crop(
        int(pairs.page[i]),
        _box(pairs.box, i),
        _box(pairs.truth_box, truth) if truth >= 0 else None,
        float(pairs.score[i]),
    )


def _missed(pairs: Pairs, i: int) -> Crop:
    box = _box(pairs.truth_box, i)
    return Crop(int(pairs.truth_page[i]), box, box, None)


def _box(boxes: NDArray[np.float64], i: int) -> Box:
    left, top, right, bottom = (float(v) for v in boxes[i])
    return left, top, right, bottom


def worst_pages(pairs: Pairs, n_pages: int, threshold: float = THRESHOLD) -> list[tuple[int, Int]]:
    """(page, its counts) of every page with an error, most errors first.

    The counts are [unmatched predictions, predictions on another label's ground truth, missed ground truths].
    """
    least, none = int(units(np.float64(threshold))), len(pairs.names)
    counted = units(pairs.score) >= least
    lone = counted & (pairs.true_label == none)
    confused = counted & (pairs.true_label != none) & (pairs.true_label != pairs.label)
    columns = [pairs.page[lone], pairs.page[confused], pairs.truth_page[pairs.found_with < least]]
    counts = np.stack([np.bincount(pages, minlength=n_pages) for pages in columns], axis=1)
    order = np.argsort(-counts.sum(axis=1), kind="stable")
    return [(int(page), counts[page]) for page in order if counts[page].any()]
