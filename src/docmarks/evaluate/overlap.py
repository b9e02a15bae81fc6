"""Predictions that lie on each other: two of one label that suppression leaves, or two labels on one area.

Suppression works a label at a time, so it leaves pairs of one label just under its threshold, and any two labels on the
same area. Some are right: a date inside a stamp. ``runtime.cross_label_nms`` removes those of pairs that a user names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.match import iou_matrix
from docmarks.evaluate.pairs import PageSides, sides
from docmarks.marks import Detections

SAME_LABEL_FLOOR = 0.1
"""Boxes of one label that share less are neighbours, not a double."""

ONE_AREA = 0.5
"""IoU from which on two boxes lie on the same area."""


@dataclass(frozen=True)
class Overlaps:
    """Counts of pairs of predictions on the same page, and of ground truths.

    Attributes:
        same: Label to pairs of boxes of that label with an IoU from ``SAME_LABEL_FLOOR`` up to the NMS threshold.
        cross: Two labels, in the order of the detector's, to pairs of predictions with an IoU of ``ONE_AREA`` or more.
        truth: The same pairs among the ground truths: what is right to lie on one area.
    """

    same: Counter[str] = field(default_factory=Counter)
    cross: Counter[tuple[str, str]] = field(default_factory=Counter)
    truth: Counter[tuple[str, str]] = field(default_factory=Counter)


def overlaps(
    predictions: Sequence[Detections],
    pages: Sequence[DatasetPage],
    labels: Sequence[str],
    threshold: float,
    nms_iou: float,
) -> Overlaps:
    """Counts the pairs on every page.

    Args:
        predictions: One a page.
        pages: In the same labels; they give the ground truths, and which labels count.
        labels: The K labels.
        threshold: Least score of a prediction.
        nms_iou: The detector's own threshold for boxes of one label.
    """
    counts = Overlaps()
    for found, page in zip(predictions, pages, strict=True):
        _count(sides(found, page, labels, threshold), labels, nms_iou, counts)
    return counts


def _count(side: PageSides, labels: Sequence[str], nms_iou: float, counts: Overlaps) -> None:
    overlap = np.triu(iou_matrix(side.boxes, side.boxes), 1)
    same = side.labels[:, None] == side.labels[None, :]
    doubles, _ = np.nonzero(same & (overlap >= SAME_LABEL_FLOOR) & (overlap <= nms_iou))
    counts.same.update(labels[k] for k in side.labels[doubles])
    counts.cross.update(_label_pairs(side.labels, (overlap >= ONE_AREA) & ~same, labels))
    overlap = np.triu(iou_matrix(side.truth_boxes, side.truth_boxes), 1)
    same = side.truth_labels[:, None] == side.truth_labels[None, :]
    counts.truth.update(_label_pairs(side.truth_labels, (overlap >= ONE_AREA) & ~same, labels))


def _label_pairs(of: np.ndarray, together: np.ndarray, labels: Sequence[str]) -> list[tuple[str, str]]:
    first, second = np.nonzero(together)
    both = np.sort(np.stack([of[first], of[second]], axis=1), axis=1)
    return [(labels[a], labels[b]) for a, b in both]
