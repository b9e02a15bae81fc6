"""Precision, recall and F1 of a label over the confidence: what a threshold would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmarks.evaluate.average_precision import f1_of, precision_recall
from docmarks.evaluate.match import Matched

Float = NDArray[np.float64]

DRAWN_POINTS = 400
"""Of a curve in a file; one with more is thinned out."""


@dataclass(frozen=True)
class Curve:
    """One label at IoU 0.5, a point a distinct score, most confident first.

    Attributes:
        scores: ``[M]`` minimum score.
        precision: ``[M]`` of all detections with at least this score.
        recall: ``[M]``.
    """

    scores: Float
    precision: Float
    recall: Float

    @property
    def f1(self) -> Float:
        """``[M]`` harmonic mean of precision and recall."""
        return f1_of(self.precision, self.recall)

    def thinned(self, points: int = DRAWN_POINTS) -> Curve:
        """At most so many points: the first, the last, and those between evenly in rank."""
        if len(self.scores) <= points:
            return self
        kept = np.unique(np.linspace(0, len(self.scores) - 1, points).round().astype(int))
        return Curve(self.scores[kept], self.precision[kept], self.recall[kept])

    def to_json(self) -> dict[str, list[float]]:
        """Thinned, as plain lists."""
        drawn = self.thinned()
        columns = {"score": drawn.scores, "precision": drawn.precision, "recall": drawn.recall, "f1": drawn.f1}
        return {name: np.round(values, 5).tolist() for name, values in columns.items()}


def curve(matched: Sequence[Matched]) -> Curve:
    """The curve of one label from its matches on all pages."""
    precision, recall, scores = precision_recall(matched, 0)
    # A threshold takes all detections of a score or none of them.
    last = np.append(scores[:-1] != scores[1:], True) if len(scores) else np.zeros(0, np.bool_)
    return Curve(scores[last], precision[last], recall[last])
