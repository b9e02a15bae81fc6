"""Average precision and recall a label, as COCO defines them, on pages whose labels may be partly annotated.

Each label is a binary problem of its own. A page counts for a label only where the label is exhaustive; ignored
regions count neither for nor against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.label_matches import IOU_THRESHOLDS, SIZES, LabelMatches, match_labels
from docmarks.evaluate.match import IGNORED, RIGHT, Matched
from docmarks.marks import Detections

Float = NDArray[np.float64]
Rate = TypeVar("Rate", float, NDArray[np.float64])

RECALL_POINTS: Float = np.linspace(0, 1, 101)
AT_75 = 5
"""Place of 0.75 among the IoU thresholds."""


@dataclass(frozen=True)
class LabelScore:
    """One label's figures; AP and AR are nan where there is no ground truth (of that size).

    Attributes:
        ap: Mean over the IoU thresholds .50:.05:.95.
        ap50: At IoU 0.5.
        ar100: Mean recall over the thresholds, at most 100 detections a page.
        n_truth: Ground truths that count.
        n_pages: Pages on which the label is exhaustive.
        ap75: At IoU 0.75.
        ap_small: As ``ap``, of boxes under 32 x 32 pixels.
        ap_medium: Up to 96 x 96.
        ap_large: Over that.
        ap_10_40: Of boxes of 10 x 10 to 40 x 40 pixels: checkboxes.
        ar1: As ``ar100``, at most one detection a page.
        ar10: At most 10.
        ar_small: As ``ar100``, by size.
        ar_medium: See ``ap_medium``.
        ar_large: See ``ap_large``.
        ar_10_40: See ``ap_10_40``.
    """

    ap: float
    ap50: float
    ar100: float
    n_truth: int
    n_pages: int
    ap75: float = np.nan
    ap_small: float = np.nan
    ap_medium: float = np.nan
    ap_large: float = np.nan
    ap_10_40: float = np.nan
    ar1: float = np.nan
    ar10: float = np.nan
    ar_small: float = np.nan
    ar_medium: float = np.nan
    ar_large: float = np.nan
    ar_10_40: float = np.nan


RATES = tuple(field.name for field in fields(LabelScore) if not field.name.startswith("n_"))
"""The figures that are shares of 1."""


def evaluate(
    predictions: Sequence[Detections], pages: Sequence[DatasetPage], labels: Sequence[str]
) -> dict[str, LabelScore]:
    """Every label's figures."""
    return {label: score(found) for label, found in match_labels(predictions, pages, labels).items()}


def score(matched: Sequence[Matched]) -> LabelScore:
    """The figures of one label from its matches on all pages."""
    found = LabelMatches.of(matched)
    if found.n_truth == 0:
        return LabelScore(np.nan, np.nan, np.nan, 0, len(found))
    precision, recall = _averages(found)
    rates = {"ap": precision.mean(), "ap50": precision[0], "ar100": recall.mean()}
    if len(precision) == len(IOU_THRESHOLDS):
        rates["ap75"] = precision[AT_75]
    rank, right = found.rank, found.outcome[0] == RIGHT
    for most in (1, 10):
        rates[f"ar{most}"] = right[:, rank < most].sum(axis=1).mean() / found.n_truth
    for place, name in list(enumerate(SIZES))[1 : len(found.outcome)]:
        of_size = found.of_size(place)
        if of_size.n_truth:
            precision, recall = _averages(of_size)
            rates |= {f"ap_{name}": precision.mean(), f"ar_{name}": recall.mean()}
    return LabelScore(n_truth=found.n_truth, n_pages=len(found), **{name: float(v) for name, v in rates.items()})


def mean_score(scores: Sequence[LabelScore]) -> LabelScore:
    """The mean over labels of every figure, each over the labels that have it, as COCO's table; counts are sums."""
    rates = {name: [v for v in (getattr(one, name) for one in scores) if not np.isnan(v)] for name in RATES}
    return LabelScore(
        n_truth=sum(one.n_truth for one in scores),
        n_pages=max((one.n_pages for one in scores), default=0),
        **{name: float(np.mean(values)) if values else np.nan for name, values in rates.items()},
    )


def precision_recall(matched: Sequence[Matched], threshold: int) -> tuple[Float, Float, Float]:
    """(precision, recall, score) after each counted detection of all pages, most confident first.

    Args:
        matched: One label on all pages.
        threshold: Index of the IoU threshold.
    """
    found = LabelMatches.of(matched)
    order = found.ranked(threshold)
    true = np.cumsum(found.outcome[0, threshold, order] == RIGHT)
    recall = true / max(found.n_truth, 1)
    precision = true / np.arange(1, len(order) + 1)
    return precision, recall, found.scores[order]


def f1_of(precision: Rate, recall: Rate) -> Rate:
    """The harmonic mean of precision and recall, of one of each or of arrays; 0 where both are 0."""
    return 2 * precision * recall / np.maximum(precision + recall, 1e-12)


def interpolated(precision: Float, recall: Float) -> Float:
    """Precision at 101 recall points: the best that is reached at this recall or a higher one; 0 beyond the last."""
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, RECALL_POINTS, side="left")
    return np.where(at < len(envelope), envelope[np.minimum(at, len(envelope) - 1)] if len(envelope) else 0.0, 0.0)


def _averages(found: LabelMatches) -> tuple[Float, Float]:
    """(average precision, recall) ``[T]`` of the first range of sizes."""
    outcomes = found.outcome[0][:, np.argsort(-found.scores, kind="stable")]
    precision, recall = np.zeros(len(outcomes)), np.zeros(len(outcomes))
    for t, outcome in enumerate(outcomes):
        # Recall rises, and precision peaks, at right detections only.
        right = np.flatnonzero(outcome == RIGHT)
        before = np.cumsum(outcome == IGNORED)[right]
        true = np.arange(1, len(right) + 1)
        recall[t] = len(right) / found.n_truth
        precision[t] = interpolated(true / (right + 1 - before), true / found.n_truth).mean()
    return precision, recall
