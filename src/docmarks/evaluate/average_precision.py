"""Average precision and recall a label, as COCO defines them, on pages whose labels may be partly annotated.

Each label is a binary problem of its own. A page counts for a label only where the label is exhaustive; ignored
regions count neither for nor against.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.match import Matched, match
from docmarks.marks import Detections

Float = NDArray[np.float64]

IOU_THRESHOLDS: Float = np.linspace(0.5, 0.95, 10)
RECALL_POINTS: Float = np.linspace(0, 1, 101)


@dataclass(frozen=True)
class LabelScore:
    """One label's figures; AP and AR are nan where there is no ground truth.

    Attributes:
        ap: Mean over the IoU thresholds .50:.05:.95.
        ap50: At IoU 0.5.
        ar100: Mean recall over the thresholds, at most 100 detections a page.
        n_truth: Ground truths that count.
        n_pages: Pages on which the label is exhaustive.
    """

    ap: float
    ap50: float
    ar100: float
    n_truth: int
    n_pages: int


def matches(predictions: Sequence[Detections], pages: Sequence[DatasetPage], label: str) -> list[Matched]:
    """The matching of one label on every page that counts for it.

    Args:
        predictions: One a page, in the pages' pixels.
        pages: In the labels of the predictions (``Dataset.relabel``).
        label: The label.
    """
    return [
        _match_page(found, page, label)
        for found, page in zip(predictions, pages, strict=True)
        if label in page.exhaustive
    ]


def evaluate(
    predictions: Sequence[Detections], pages: Sequence[DatasetPage], labels: Sequence[str]
) -> dict[str, LabelScore]:
    """Every label's figures."""
    return {label: score(matches(predictions, pages, label)) for label in labels}


def score(matched: Sequence[Matched]) -> LabelScore:
    """The figures of one label from its matches on all pages."""
    n_truth = sum(page.n_truth for page in matched)
    if n_truth == 0:
        return LabelScore(np.nan, np.nan, np.nan, 0, len(matched))
    curves = [precision_recall(matched, t) for t in range(len(IOU_THRESHOLDS))]
    precisions = [interpolated(precision, recall).mean() for precision, recall, _ in curves]
    recalls = [recall[-1] if len(recall) else 0.0 for _, recall, _ in curves]
    return LabelScore(float(np.mean(precisions)), float(precisions[0]), float(np.mean(recalls)), n_truth, len(matched))


def precision_recall(matched: Sequence[Matched], threshold: int) -> tuple[Float, Float, Float]:
    """(precision, recall, score) after each counted detection of all pages, most confident first.

    Args:
        matched: One label on all pages.
        threshold: Index of the IoU threshold.
    """
    counted = [~page.ignored[threshold] for page in matched]
    scores = np.concatenate([page.scores[keep] for page, keep in zip(matched, counted, strict=True)] or [np.zeros(0)])
    right = np.concatenate(
        [page.truth[threshold][keep] >= 0 for page, keep in zip(matched, counted, strict=True)]
        or [np.zeros(0, np.bool_)]
    )
    order = np.argsort(-scores, kind="stable")
    true = np.cumsum(right[order])
    recall = true / max(sum(page.n_truth for page in matched), 1)
    precision = true / np.arange(1, len(order) + 1)
    return precision, recall, scores[order]


def interpolated(precision: Float, recall: Float) -> Float:
    """Precision at 101 recall points: the best that is reached at this recall or a higher one; 0 beyond the last."""
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    at = np.searchsorted(recall, RECALL_POINTS, side="left")
    return np.where(at < len(envelope), envelope[np.minimum(at, len(envelope) - 1)] if len(envelope) else 0.0, 0.0)


def _match_page(found: Detections, page: DatasetPage, label: str) -> Matched:
    column = found.labels.index(label)
    chosen = found.scores[:, column] > 0
    truth = [mark.box for mark in page.page.marks if not mark.ignore and label in mark.labels]
    ignored = [mark.box for mark in page.page.marks if mark.ignore]
    return match(
        found.boxes[chosen].astype(np.float64),
        found.scores[chosen, column].astype(np.float64),
        np.array(truth, np.float64).reshape(-1, 4),
        np.array(ignored, np.float64).reshape(-1, 4),
        IOU_THRESHOLDS,
    )
