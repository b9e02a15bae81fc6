"""What a detector has found on pages, kept to be judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from docmarks.labels.label_set import LabelSet
from docmarks.marks import Detections
from docmarks.runtime.detector import Detector
from docmarks.runtime.size import USUAL

Found = Mapping[tuple[Path, int], Detections]
"""Detections of each page, by its file and its number in that; a page that has none is not there."""


@dataclass(frozen=True)
class Predictions:
    """Detections, of ours or any other detector.

    Attributes:
        found: By page.
        labels: Of the detections.
        thresholds: One a label.
        label_set: The set of the labels.
        model: What found them, as far as it is known.
        sizes: At which it saw the pages.
        nms_iou: Up to which it left boxes of one label on each other, as far as it is known.
        notes: What was left out when they were read, a line each.
    """

    found: Found
    labels: tuple[str, ...]
    thresholds: tuple[float, ...]
    label_set: LabelSet
    model: str = ""
    sizes: tuple[float, ...] = USUAL
    nms_iou: float | None = None
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, found: Found, detector: Detector, model: str | None = None) -> Predictions:
        """What one of our detectors has found; ``model`` is what to call it, if not by its name."""
        return cls(
            found,
            detector.labels,
            tuple(detector.thresholds),
            LabelSet.load(detector.label_set),
            detector.name if model is None else model,
            tuple(detector.sizes),
            detector.nms_iou,
        )
