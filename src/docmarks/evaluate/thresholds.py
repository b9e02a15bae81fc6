"""The score from which on a label is best believed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError
from docmarks.evaluate.average_precision import f1_of, precision_recall
from docmarks.evaluate.bootstrap import draw
from docmarks.evaluate.label_matches import LabelMatches
from docmarks.evaluate.match import RIGHT, Matched
from docmarks.marks import UNTOLD_THRESHOLD
from docmarks.runtime.size import USUAL

LEAST_TRUTHS = 5
"""With fewer ground truths no threshold can be told from another: it is the untold one, or a higher one where the pages
without such marks ask for that."""

FALSE_A_PAGE = 0.03
"""With few ground truths on many pages: so many false detections a page are let through.

Rare marks are boxed less surely than others, so some of the surest ones that count as false are marks.
"""

NEVER = float(np.nextafter(np.float32(1), np.float32(2)))
"""The threshold where none is good enough: over every score, as compared in single precision."""

RESAMPLES = 100
"""Of the documents, for a threshold that others would have given as well."""


@dataclass(frozen=True)
class Threshold:
    """A minimum score with what it gives at IoU 0.5; nan where it could not be measured."""

    score: float
    precision: float
    recall: float
    f1: float

    @property
    def told(self) -> bool:
        """Whether anything that was measured speaks for this score."""
        return is_told(self.score, self.f1)


def is_told(score: float, f1: float | None) -> bool:
    """As ``Threshold.told``, of its figures as they stand in a file."""
    return score != UNTOLD_THRESHOLD or not (f1 is None or np.isnan(f1))


def best_f1(matched: Sequence[Matched]) -> Threshold:
    """The threshold of the highest F1 at IoU 0.5; of equal ones the highest, halfway down to the next score.

    With too few ground truths for that, the lowest from 0.5 on that lets through few false detections.

    Args:
        matched: One label on all pages.
    """
    if sum(page.n_truth for page in matched) < LEAST_TRUTHS:
        return seldom_wrong(matched)
    ranked = _Ranked(matched)
    minimum = ranked.of_best_f1(np.ones(ranked.n_pages))
    return Threshold(UNTOLD_THRESHOLD, np.nan, np.nan, np.nan) if minimum is None else at_score(matched, minimum)


def steady_f1(matched: LabelMatches, document: NDArray[np.int64]) -> Threshold:
    """The threshold of the highest F1, less of it by chance: the mean, in log odds, over resampled documents.

    The best one follows single detections of few marks; that of other documents is met better by a mean over what these
    might have been (bagging: Breiman 1996; `benchmarks/thresholds.py`). Figures are those of all pages, so their F1 is
    at most that of ``best_f1``.

    Args:
        matched: One label; with too few ground truths it is ``best_f1``.
        document: Of every page of all, also of those that do not count for the label.
    """
    if matched.n_truth < LEAST_TRUTHS:
        return seldom_wrong(matched)
    ranked = _Ranked(matched)
    documents, of_page = np.unique(document[matched.pages], return_inverse=True)
    drawn = draw(len(documents), RESAMPLES, seed=0)
    chosen = [ranked.of_best_f1(times[of_page]) for times in drawn]
    minima = np.clip([minimum for minimum in chosen if minimum is not None], 1e-4, 1 - 1e-4)
    if not len(minima):
        return best_f1(matched)
    odds = np.mean(np.log(minima / (1 - minima)))
    return at_score(matched, float(1 / (1 + np.exp(-odds))))


class _Ranked:
    """The counted detections of one label at IoU 0.5, the most confident first."""

    def __init__(self, matched: Sequence[Matched]) -> None:
        found = LabelMatches.of(matched)
        order = found.ranked(0)
        self.n_pages = len(found.pages)
        self.scores, self.right = found.scores[order], found.outcome[0, 0, order] == RIGHT
        self.page = np.searchsorted(found.pages, found.page[order])
        self.truth_page = np.searchsorted(found.pages, found.truth_page)

    def of_best_f1(self, times: NDArray[np.float64]) -> float | None:
        """The minimum score of the highest F1 if every page counts so many ``times`` ``[P]``; None if none is told."""
        n_truth, weight = times[self.truth_page].sum(), times[self.page]
        there = weight > 0
        if not there.any() or n_truth == 0:
            return None
        scores, weight = self.scores[there], weight[there]
        f1 = 2 * np.cumsum(self.right[there] * weight) / (np.cumsum(weight) + n_truth)
        # Only after the last of equal scores does a threshold exist that separates them from the rest.
        f1[:-1][scores[:-1] == scores[1:]] = -1
        best = int(np.argmax(f1))
        below = scores[best + 1] if best + 1 < len(scores) else 0.0
        return float((scores[best] + below) / 2)


def seldom_wrong(matched: Sequence[Matched]) -> Threshold:
    """The lowest threshold from 0.5 on that lets through at most ``FALSE_A_PAGE``; its figures are nan.

    Args:
        matched: One label on all pages; too few of them to have an opinion leave it at 0.5.
    """
    untold = Threshold(UNTOLD_THRESHOLD, np.nan, np.nan, np.nan)
    allowed = int(FALSE_A_PAGE * len(matched))
    if allowed == 0:
        return untold
    precision, _, scores = precision_recall(matched, 0)
    rank = np.arange(1, len(scores) + 1)
    too_many = np.flatnonzero(np.round(rank * (1 - precision)) > allowed)
    if not len(too_many) or scores[too_many[0]] < UNTOLD_THRESHOLD:
        return untold
    first = scores[too_many[0]]
    higher = scores[scores > first]
    above = float(higher[-1]) if len(higher) else 1.0
    return replace(untold, score=float((above + first) / 2))


def at_score(matched: Sequence[Matched], minimum: float) -> Threshold:
    """Precision, recall and F1 at IoU 0.5 of the detections with at least this score."""
    precision, recall, scores = precision_recall(matched, 0)
    # A threshold is compared as ``Detections.marks`` compares it: in single precision.
    n = int(np.searchsorted(-scores, -float(np.float32(minimum)), side="right"))
    if sum(page.n_truth for page in matched) == 0:
        return Threshold(minimum, np.nan, np.nan, np.nan)
    if n == 0:
        return Threshold(minimum, np.nan, 0.0, 0.0)
    p, r = float(precision[n - 1]), float(recall[n - 1])
    return Threshold(minimum, p, r, f1_of(p, r))


def at_precision(matched: Sequence[Matched], target: float) -> Threshold:
    """The threshold that finds most and is still right in a ``target`` share at IoU 0.5.

    Where none is, it is over 1 and finds nothing; with too few ground truths it is 0.5, and the figures are nan.

    Args:
        matched: One label on all pages.
        target: In 0..1.
    """
    precision, recall, scores = precision_recall(matched, 0)
    if sum(page.n_truth for page in matched) < LEAST_TRUTHS:
        return Threshold(UNTOLD_THRESHOLD, np.nan, np.nan, np.nan)
    possible = precision >= target
    possible[:-1] &= scores[:-1] != scores[1:]
    if not possible.any():
        return Threshold(NEVER, np.nan, 0.0, 0.0)
    at = int(np.flatnonzero(possible)[-1])
    below = scores[at + 1] if at + 1 < len(scores) else 0.0
    p, r = float(precision[at]), float(recall[at])
    return Threshold(float((scores[at] + below) / 2), p, r, f1_of(p, r))


@dataclass(frozen=True)
class Chosen:
    """Thresholds to store.

    Attributes:
        scores: Minimum score by label; labels that could not be measured are not there.
        sizes: At which the pages were seen (``runtime.size``).
    """

    scores: Mapping[str, float]
    sizes: tuple[float, ...] = USUAL


def read_thresholds(path: Path) -> Chosen:
    """The thresholds that `docmarks evaluate` wrote: those of the target precision, if it had one, else the best.

    Raises:
        DocmarksError: The file is no such result.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        found = data.get("target_thresholds") or data["best_thresholds"]
        scores = {label: float(e["score"]) for label, e in found.items() if is_told(float(e["score"]), e["f1"])}
        return Chosen(scores, tuple(float(size) for size in data.get("sizes", USUAL)))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DocmarksError(f"{path}: no metrics.json of `docmarks evaluate`") from error
