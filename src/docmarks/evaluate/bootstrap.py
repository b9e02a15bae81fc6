"""How far a figure would move with other documents: average precision and F1 over resampled documents (Efron 1979).

Documents are drawn with replacement, as whole groups of pages: pages of one document are not independent. Nothing is
matched again. A document that is drawn twice counts twice: its detections and ground truths get the weight 2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmarks.evaluate.average_precision import RECALL_POINTS
from docmarks.evaluate.label_matches import LabelMatches
from docmarks.evaluate.match import IGNORED, RIGHT

Float = NDArray[np.float64]
Index = NDArray[np.int64]

NUMBERS_AT_ONCE = 2_000_000
"""Memory stays flat: so many weights are held together."""


@dataclass(frozen=True)
class Interval:
    """A figure with the range in which 95 % of the resampled ones lie."""

    value: float
    low: float
    high: float


def draw(n_groups: int, resamples: int, seed: int) -> Float:
    """How often each document is drawn: ``[R, n_groups]``; each row sums to ``n_groups``."""
    if n_groups == 0:
        return np.zeros((resamples, 0))
    rng = np.random.default_rng(seed)
    return rng.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=resamples).astype(np.float64)


def weighted_precision(matched: LabelMatches, group_of: Index, weights: Float) -> Float:
    """Average precision of one label under each row of weights.

    Args:
        matched: The label.
        group_of: ``[P]`` the document of each page.
        weights: ``[R, n_groups]``.

    Returns:
        ``[R, T]``; nan where a row has no ground truth.
    """
    order = np.argsort(-matched.scores, kind="stable")
    outcome = matched.outcome[0][:, order]  # [T, N]
    group = group_of[matched.page[order]]
    n_truth = weights @ np.bincount(group_of[matched.truth_page], minlength=weights.shape[1])
    found = np.zeros((len(weights), len(outcome)))
    # Behind the last right detection of any threshold nothing changes.
    right_somewhere = np.flatnonzero((outcome == RIGHT).any(axis=0))
    last = right_somewhere[-1] + 1 if len(right_somewhere) else 0
    outcome, group = outcome[:, :last], group[:last]
    step = max(1, NUMBERS_AT_ONCE // max(last, 1))
    for start in range(0, len(weights), step):
        rows = slice(start, start + step)
        found[rows] = _precisions(outcome, weights[rows][:, group], n_truth[rows])
    found[n_truth == 0] = np.nan
    return found


def weighted_f1(matched: LabelMatches, group_of: Index, weights: Float, minimum: float) -> Float:
    """F1 of one label's detections from ``minimum`` on, at IoU 0.5, under each row of weights.

    Args:
        matched: The label.
        group_of: ``[P]`` the document of each page.
        weights: ``[R, n_groups]``.
        minimum: Score.

    Returns:
        ``[R]``; nan where a row has no ground truth.
    """
    outcome = matched.from_score(minimum)

    def counted(page: Index) -> Float:
        return np.asarray(weights @ np.bincount(group_of[page], minlength=weights.shape[1]))

    right, all_found = counted(matched.page[outcome == RIGHT]), counted(matched.page[outcome != IGNORED])
    n_truth = counted(matched.truth_page)
    return np.divide(2 * right, n_truth + all_found, out=np.full(len(weights), np.nan), where=n_truth > 0)


def _precisions(outcome: NDArray[np.uint8], weights: Float, n_truth: Float) -> Float:
    """``[r, T]`` from outcomes ``[T, n]`` and weights ``[r, n]``, most confident first."""
    ranks = np.cumsum(weights, axis=1)
    found = np.zeros((len(weights), len(outcome)))
    for t, one in enumerate(outcome):
        right, ignored = np.flatnonzero(one == RIGHT), one == IGNORED
        if not len(right):
            continue
        place = ranks[:, right]
        if ignored.any():
            place = place - np.cumsum(np.where(ignored, weights, 0), axis=1)[:, right]
        true = np.cumsum(weights[:, right], axis=1)
        precision = np.divide(true, place, out=np.zeros_like(true), where=place > 0)
        envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        recall = true / np.maximum(n_truth, 1)[:, None]
        # To each right detection belong the recall points that it is the first to reach.
        reached = np.searchsorted(RECALL_POINTS, recall.ravel(), side="right").reshape(recall.shape)
        found[:, t] = (envelope * np.diff(reached, axis=1, prepend=0)).sum(axis=1) / len(RECALL_POINTS)
    return found


def interval(value: float, resampled: Float) -> Interval:
    """The percentile interval; nan where nothing could be resampled."""
    known = resampled[~np.isnan(resampled)]
    if not len(known):
        return Interval(value, np.nan, np.nan)
    low, high = np.percentile(known, (2.5, 97.5))
    return Interval(value, float(low), float(high))
