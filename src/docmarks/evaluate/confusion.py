"""The confusion matrix of a detector: predicted labels down, true labels across, and a line for what has no partner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.evaluate.pairs import Int, Pairs, units

Float = NDArray[np.float64]

UNMATCHED = "unmatched"

THRESHOLD = 0.5
"""The study's score threshold."""


@dataclass(frozen=True)
class Confusion:
    """Counts at one score threshold.

    Attributes:
        labels: The K labels.
        threshold: Predictions with at least this score were counted.
        counts: ``[K + 1, K + 1]``, row = predicted, column = truth. The last column has the predictions without ground
            truth, the last row the ground truths without prediction; their corner is empty.
        unknown: ``[K]`` predictions that nobody can judge, as their label is not exhaustive on their page.
    """

    labels: tuple[str, ...]
    threshold: float
    counts: Int
    unknown: Int

    @property
    def row_normalised(self) -> Float:
        """Each row's shares: what the predictions of a label are in truth. Rows without counts are nan."""
        return _shares(self.counts, axis=1)

    @property
    def column_normalised(self) -> Float:
        """Each column's shares: what the ground truths of a label are taken for. Columns without counts are nan."""
        return _shares(self.counts, axis=0)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "threshold": self.threshold,
            "rows": {"axis": "predicted", "labels": [*self.labels, UNMATCHED]},
            "columns": {"axis": "truth", "labels": [*self.labels, UNMATCHED]},
            "counts": self.counts.tolist(),
            "unknown": dict(zip(self.labels, self.unknown.tolist(), strict=True)),
        }


def confusion(pairs: Pairs, threshold: float = THRESHOLD) -> Confusion:
    """Counts pairs.

    By the study's rule a ground truth may have several predictions, and is counted with each; a row's sum is the
    number of predictions of its label.

    Args:
        pairs: Of all pages, by either rule.
        threshold: Least score of a prediction.
    """
    n, least = len(pairs.names), int(units(np.float64(threshold)))
    counted = units(pairs.score) >= least
    counts = np.zeros((n + 1, n + 1), np.int64)
    np.add.at(counts, (pairs.label[counted], pairs.true_label[counted]), 1)
    missed = pairs.truth_label[pairs.found_with < least]
    counts[n, :n] = np.bincount(missed, minlength=n)
    unknown = np.bincount(pairs.unknown_label[units(pairs.unknown_score) >= least], minlength=n)
    return Confusion(pairs.names, threshold, counts, unknown)


def thresholded(pairs: Pairs) -> dict[str, Any]:
    """What it takes to count at any threshold: a list of scores a cell, in ten-thousandths, highest first.

    ``cells[predicted][truth]`` are the predictions' scores; ``truths[truth]`` the best score that each ground truth
    was found with, -1 for never; ``unknown[predicted]`` those that nobody can judge.
    """
    n = len(pairs.names)
    scores, found = units(pairs.score), pairs.found_with
    cells = [[_falling(scores[(pairs.label == p) & (pairs.true_label == t)]) for t in range(n + 1)] for p in range(n)]
    return {
        "labels": list(pairs.names),
        "cells": cells,
        "truths": [_falling(found[pairs.truth_label == t]) for t in range(n)],
        "unknown": [_falling(units(pairs.unknown_score[pairs.unknown_label == p])) for p in range(n)],
    }


def _falling(scores: Int) -> list[int]:
    return [int(score) for score in np.sort(scores)[::-1]]


def _shares(counts: Int, axis: int) -> Float:
    total = np.broadcast_to(counts.sum(axis=axis, keepdims=True), counts.shape)
    return np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)
