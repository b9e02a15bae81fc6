"""The confusion matrix of a detector: predicted labels down, true labels across, and a line for what has no partner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.evaluate.pairs import UNITS, Int, Pairs, units

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


STEPS = 100
"""So finely a threshold can be chosen afterwards."""


def thresholded(pairs: Pairs) -> dict[str, Any]:
    """The counts at every threshold k / ``STEPS``, as lists over k = 0, 1, ... without the zeros that end them.

    ``cells[predicted][truth]`` counts predictions with at least that score, ``unknown[predicted]`` those that nobody
    can judge, ``found[truth]`` ground truths that have a prediction; ``truths[truth]`` is how many there are.
    """
    n = len(pairs.names)
    scores, unknown = units(pairs.score), units(pairs.unknown_score)
    return {
        "labels": list(pairs.names),
        "steps": STEPS,
        "cells": [
            [_at_least(scores[(pairs.label == p) & (pairs.true_label == t)]) for t in range(n + 1)] for p in range(n)
        ],
        "found": [_at_least(pairs.found_with[pairs.truth_label == t]) for t in range(n)],
        "truths": np.bincount(pairs.truth_label, minlength=n).tolist(),
        "unknown": [_at_least(unknown[pairs.unknown_label == p]) for p in range(n)],
    }


def _at_least(scores: Int) -> list[int]:
    """How many scores, in ten-thousandths, reach each step."""
    rising = np.sort(scores)
    counts = len(rising) - np.searchsorted(rising, np.arange(STEPS + 1) * (UNITS // STEPS), side="left")
    return [int(count) for count in counts[: int(np.count_nonzero(counts))]]


def _shares(counts: Int, axis: int) -> Float:
    total = np.broadcast_to(counts.sum(axis=axis, keepdims=True), counts.shape)
    return np.divide(counts, total, out=np.full(counts.shape, np.nan), where=total > 0)
