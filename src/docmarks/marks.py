"""The words every other room speaks: Mark, Page, Document and Detections.

Boxes are ``(left, top, right, bottom)`` in pixels of their page, floats, with ``right`` and
``bottom`` exclusive edges: a box's width is ``right - left``, without a "+1" anywhere.
A page knows its resolution, so points (1/72 inch) follow from pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""``(left, top, right, bottom)`` in pixels."""

POINTS_PER_INCH = 72.0

UNTOLD_THRESHOLD = 0.5
"""Minimum score of a label for which none has been measured."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark on a page, annotated or predicted.

    Attributes:
        box: Where it is, in pixels of its page.
        labels: What it is; several labels may hold at once (a stamped date is Date and Stamp).
            Predictions list the most confident label first.
        scores: One confidence in 0..1 for each label of a prediction; empty for ground truth.
        ignore: Neither right nor wrong: an annotator's "uncertain" or a dropped label. Left out
            of losses and of scores.
    """

    box: Box
    labels: tuple[str, ...]
    scores: tuple[float, ...] = ()
    ignore: bool = False

    def __post_init__(self) -> None:
        """Refuses a box that is inside out and scores that do not pair with the labels."""
        left, top, right, bottom = self.box
        if not (left <= right and top <= bottom):
            raise ValueError(f"box {self.box} must be (left, top, right, bottom) with left <= right, top <= bottom")
        if self.scores and len(self.scores) != len(self.labels):
            raise ValueError(f"{len(self.scores)} scores for {len(self.labels)} labels")

    @property
    def label(self) -> str:
        """The best label: the first. Empty for a mark without labels (an ignored region)."""
        return self.labels[0] if self.labels else ""

    @property
    def score(self) -> float:
        """The confidence of the best label; 1.0 for ground truth."""
        return max(self.scores, default=1.0)

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.box[2] - self.box[0]

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.box[3] - self.box[1]

    def scaled(self, x: float, y: float) -> Mark:
        """The same mark on a page resized by the factors ``x`` and ``y``."""
        left, top, right, bottom = self.box
        return Mark((left * x, top * y, right * x, bottom * y), self.labels, self.scores, self.ignore)

    def in_points(self, dpi: float) -> Box:
        """The box in PDF points, still measured from the top left corner of the page."""
        left, top, right, bottom = (v * POINTS_PER_INCH / dpi for v in self.box)
        return left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its size in pixels, its resolution and the marks on it.

    Attributes:
        width: Pixels across.
        height: Pixels down.
        dpi: Pixels an inch.
        number: 1-based place in its document.
        marks: The marks, in no particular order.
        seconds: Time spent to find them; 0 for ground truth.
        turned: Degrees, counter-clockwise, by which it was turned to be looked at. Size and marks are those of the page
            as it lies.
    """

    width: int
    height: int
    dpi: float = POINTS_PER_INCH
    number: int = 1
    marks: tuple[Mark, ...] = ()
    seconds: float = 0.0
    turned: float = 0.0


@dataclass(frozen=True, slots=True)
class Document:
    """The pages of one file."""

    path: Path
    pages: tuple[Page, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Detections:
    """What a detector finds on one page, as arrays, before thresholds.

    Attributes:
        boxes: ``[N, 4]`` float32, (left, top, right, bottom) in pixels of the page.
        scores: ``[N, K]`` float32 in 0..1; 0 where a label does not hold or was suppressed.
        labels: The K label names, in the order of the columns.
        turned: Degrees, counter-clockwise, by which the page was turned to be looked at: 0 for one that lies upright.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: tuple[str, ...]
    turned: float = 0.0

    def __post_init__(self) -> None:
        """Checks that the arrays fit each other."""
        if self.boxes.ndim != 2 or self.boxes.shape[1] != 4:
            raise ValueError(f"boxes must be [N, 4], not {self.boxes.shape}")
        if self.scores.shape != (len(self.boxes), len(self.labels)):
            raise ValueError(f"scores must be {(len(self.boxes), len(self.labels))}, not {self.scores.shape}")

    def __len__(self) -> int:
        """How many boxes."""
        return len(self.boxes)

    def marks(self, thresholds: Sequence[float]) -> tuple[Mark, ...]:
        """The boxes with at least one label at or over its threshold, most confident first.

        Args:
            thresholds: K minimum scores, one a label.
        """
        kept = self.scores >= np.maximum(np.asarray(thresholds, np.float32), np.finfo(np.float32).tiny)
        found = []
        for box, scores, keep in zip(self.boxes, self.scores, kept, strict=True):
            order = [k for k in np.argsort(-scores, kind="stable") if keep[k]]
            if order:
                left, top, right, bottom = (float(v) for v in box)
                found.append(
                    Mark(
                        (left, top, right, bottom),
                        tuple(self.labels[k] for k in order),
                        tuple(float(scores[k]) for k in order),
                    )
                )
        return tuple(sorted(found, key=lambda mark: -mark.score))
