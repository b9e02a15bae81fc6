"""Which ground truth each prediction stands for. Confusion matrix, panels and overlaps are counts of these pairs.

The unit is one label on one box: a box with two labels is two predictions, or two ground truths, in the same place. On
a page only the labels that are exhaustive there count, on both sides; predictions of any other are unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.match import covered_matrix, iou_matrix
from docmarks.marks import Detections

Float = NDArray[np.float64]
Int = NDArray[np.int64]

IOU = 0.5
"""Pairs below it are dropped."""

NONE = -1
"""No ground truth, or none that counts."""

UNITS = 10_000
"""Scores are compared in whole ten-thousandths, so that every count is the same in Python and in a browser."""


@dataclass(frozen=True)
class PageSides:
    """What counts on one page.

    Attributes:
        boxes: ``[P, 4]`` predictions, most confident first.
        labels: ``[P]`` their labels, as indices.
        scores: ``[P]``.
        truth_boxes: ``[T, 4]``.
        truth_labels: ``[T]``.
        ignored: ``[I, 4]`` regions in which a prediction without ground truth is neither right nor wrong.
        unknown_labels: ``[U]`` of the predictions whose label is not exhaustive on the page.
        unknown_scores: ``[U]``.
    """

    boxes: Float
    labels: Int
    scores: Float
    truth_boxes: Float
    truth_labels: Int
    ignored: Float
    unknown_labels: Int
    unknown_scores: Float


def sides(found: Detections, page: DatasetPage, labels: Sequence[str], minimum: float = 0.0) -> PageSides:
    """One page's predictions and ground truths, a label each.

    Args:
        found: On the page.
        page: In the same labels.
        labels: The K labels.
        minimum: Score below which a prediction is left out.
    """
    columns = [found.labels.index(label) for label in labels]
    scores = found.scores[:, columns].astype(np.float64)  # [N, K]
    wanted = (scores > 0) & (units(scores) >= units(np.float64(minimum)))
    known = np.array([label in page.exhaustive for label in labels], np.bool_)
    row, label = np.nonzero(wanted & known)
    order = np.argsort(-scores[row, label], kind="stable")
    row, label = row[order], label[order]
    unknown_row, unknown_label = np.nonzero(wanted & ~known)
    place = {name: k for k, name in enumerate(labels) if known[k]}
    truth = [
        (mark.box, place[name]) for mark in page.page.marks if not mark.ignore for name in mark.labels if name in place
    ]
    ignored = [mark.box for mark in page.page.marks if mark.ignore]
    return PageSides(
        found.boxes[row].astype(np.float64),
        label.astype(np.int64),
        scores[row, label],
        np.array([box for box, _ in truth], np.float64).reshape(-1, 4),
        np.array([k for _, k in truth], np.int64),
        np.array(ignored, np.float64).reshape(-1, 4),
        unknown_label.astype(np.int64),
        scores[unknown_row, unknown_label],
    )


def units(score: Float | np.float64) -> Int:
    """A score in whole ten-thousandths, rounded down; what single precision lost of a decimal is given back."""
    return np.floor(np.asarray(score) * UNITS + 1e-3).astype(np.int64)


def most_overlapped(overlap: Float, same: NDArray[np.bool_], least: float) -> Int:
    """Each prediction's ground truth by the study's rule: the one that it overlaps most, whoever else does.

    Of equal overlaps one with the prediction's own label is taken, else the first.

    Args:
        overlap: ``[P, T]`` IoU.
        same: ``[P, T]`` whether both have the same label.
        least: Pairs below this IoU are dropped.

    Returns:
        ``[P]``, -1 for none.
    """
    if not overlap.size:
        return np.full(len(overlap), NONE)
    most = overlap.max(axis=1)
    best = overlap == most[:, None]
    own = best & same
    chosen = np.where(own.any(axis=1), own.argmax(axis=1), best.argmax(axis=1))
    return np.where((most >= least) & (most > 0), chosen, NONE)


def one_to_one(overlap: Float, same: NDArray[np.bool_], least: float) -> Int:
    """Each prediction's ground truth where each may have one: the most confident prediction chooses first.

    This is how COCO's evaluation and its like pair boxes, here across labels. Arguments and result as
    ``most_overlapped``.
    """
    chosen = np.full(len(overlap), NONE)
    free = np.ones(overlap.shape[1], np.bool_)
    for p in range(len(overlap) if overlap.size else 0):
        candidates = np.where(free, overlap[p], -1.0)
        best = candidates == candidates.max()
        t = int((best & same[p]).argmax() if (best & same[p]).any() else best.argmax())
        if candidates[t] >= least and candidates[t] > 0:
            chosen[p], free[t] = t, False
    return chosen


RULES: dict[str, Callable[[Float, NDArray[np.bool_], float], Int]] = {
    "most-overlapped": most_overlapped,
    "one-to-one": one_to_one,
}
"""Name of a rule to the function that pairs one page. Neither lets a prediction touch the pairs of a more confident
one, so a higher threshold only leaves pairs out."""


@dataclass(frozen=True)
class Pairs:
    """All pages' predictions with their ground truths, and all ground truths.

    Attributes:
        names: The K labels.
        page: ``[P]`` index of the page.
        label: ``[P]``.
        score: ``[P]``.
        box: ``[P, 4]``.
        truth: ``[P]`` index among the ground truths, -1 for none.
        truth_page: ``[T]``.
        truth_label: ``[T]``.
        truth_box: ``[T, 4]``.
        unknown_label: ``[U]`` of the predictions that nobody can judge: their label is not exhaustive there.
        unknown_score: ``[U]``.
    """

    names: tuple[str, ...]
    page: Int
    label: Int
    score: Float
    box: Float
    truth: Int
    truth_page: Int
    truth_label: Int
    truth_box: Float
    unknown_label: Int
    unknown_score: Float

    @cached_property
    def true_label(self) -> Int:
        """``[P]`` the label of each prediction's ground truth; K for none."""
        none = len(self.names)
        return np.where(self.truth >= 0, self.truth_label[self.truth] if len(self.truth_label) else none, none)

    @cached_property
    def found_with(self) -> Int:
        """``[T]`` the highest score, in ten-thousandths, of the predictions that each ground truth has; -1 for none."""
        best = np.full(len(self.truth_label), NONE)
        paired = self.truth >= 0
        np.maximum.at(best, self.truth[paired], units(self.score[paired]))
        return best


def pair(
    predictions: Sequence[Detections],
    pages: Sequence[DatasetPage],
    labels: Sequence[str],
    rule: str = "most-overlapped",
) -> Pairs:
    """Pairs every page.

    A prediction without ground truth that an ignored region covers to the threshold is left out.

    Args:
        predictions: One a page.
        pages: In the same labels.
        labels: The K labels.
        rule: A key of ``RULES``.

    Raises:
        ValueError: There is no such rule.
    """
    if rule not in RULES:
        raise ValueError(f"rule is one of {', '.join(RULES)}, not {rule}")
    parts = [
        (number, *_page(sides(found, page, labels), RULES[rule]))
        for number, (found, page) in enumerate(zip(predictions, pages, strict=True))
    ]
    first = np.cumsum([0, *(len(side.truth_labels) for _, side, _ in parts)])
    return Pairs(
        tuple(labels),
        _whole(np.full(len(side.labels), number) for number, side, _ in parts),
        _whole(side.labels for _, side, _ in parts),
        np.concatenate([np.zeros(0), *(side.scores for _, side, _ in parts)]),
        np.concatenate([np.zeros((0, 4)), *(side.boxes for _, side, _ in parts)]),
        _whole(np.where(truth >= 0, truth + start, NONE) for start, (_, _, truth) in zip(first, parts, strict=False)),
        _whole(np.full(len(side.truth_labels), number) for number, side, _ in parts),
        _whole(side.truth_labels for _, side, _ in parts),
        np.concatenate([np.zeros((0, 4)), *(side.truth_boxes for _, side, _ in parts)]),
        _whole(side.unknown_labels for _, side, _ in parts),
        np.concatenate([np.zeros(0), *(side.unknown_scores for _, side, _ in parts)]),
    )


def _page(side: PageSides, rule: Callable[[Float, NDArray[np.bool_], float], Int]) -> tuple[PageSides, Int]:
    """The page without what ignored regions take out of the count, and each prediction's ground truth."""
    overlap = iou_matrix(side.boxes, side.truth_boxes)
    truth = rule(overlap, side.labels[:, None] == side.truth_labels[None, :], IOU)
    cover = covered_matrix(side.boxes, side.ignored).max(axis=1, initial=0)
    kept = (truth >= 0) | (cover < IOU)
    return replace(side, boxes=side.boxes[kept], labels=side.labels[kept], scores=side.scores[kept]), truth[kept]


def _whole(arrays: Iterable[Int]) -> Int:
    return np.concatenate([np.zeros(0, np.int64), *arrays])
