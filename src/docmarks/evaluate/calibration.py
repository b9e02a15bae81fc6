"""Whether a confidence of 0.8 is right in 8 of 10 cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.evaluate.label_matches import LabelMatches
from docmarks.evaluate.match import IGNORED, RIGHT, Matched

BINS = 10


@dataclass(frozen=True)
class Calibration:
    """The reliability table of one label at IoU 0.5, in ten bins of confidence.

    Attributes:
        counts: ``[10]`` detections of each bin; bin b holds the scores from b / 10 on, the last one 1.0 too.
        confidence: ``[10]`` their mean score; nan where there are none.
        precision: ``[10]`` share of them that is right; nan where there are none.
    """

    counts: NDArray[np.int64]
    confidence: NDArray[np.float64]
    precision: NDArray[np.float64]

    @property
    def error(self) -> float:
        """Expected calibration error: the mean distance of the two, weighted by counts; nan without detections.

        Naeini et al. 2015; for detections Kuppers et al. 2020, with precision in the place of accuracy.
        """
        if not self.counts.sum():
            return float("nan")
        return float(np.nansum(self.counts * np.abs(self.confidence - self.precision)) / self.counts.sum())

    def to_json(self) -> dict[str, Any]:
        """The table and its error."""
        columns = zip(self.counts.tolist(), self.confidence.tolist(), self.precision.tolist(), strict=True)
        return {
            "error": None if np.isnan(self.error) else self.error,
            "bins": [
                {"from": b / BINS, "to": (b + 1) / BINS, "count": n}
                | {"confidence": confidence if n else None, "precision": precision if n else None}
                for b, (n, confidence, precision) in enumerate(columns)
            ],
        }


def calibration(matched: Sequence[Matched]) -> Calibration:
    """The table of one label from its matches on all pages."""
    found = LabelMatches.of(matched)
    counted = found.outcome[0, 0] != IGNORED
    scores, right = found.scores[counted], (found.outcome[0, 0] == RIGHT)[counted]
    bins = np.minimum((scores * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(bins, scores, BINS) / counts
        precision = np.bincount(bins, right, BINS) / counts
    return Calibration(counts, confidence, precision)
