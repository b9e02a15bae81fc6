"""Predictions that lie on each other: two of one label that suppression leaves, or two labels on one area.

Suppression works a label at a time, so it leaves pairs of one label just under its threshold, and any two labels on the
same area. Some are right: a date inside a stamp. ``CrossLabelNMS`` removes those of pairs that a user names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml

from docmarks.data.dataset import DatasetPage
from docmarks.errors import DocmarksError
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


@dataclass(frozen=True)
class CrossLabelNMS:
    """Suppression between labels that exclude each other.

    Attributes:
        table: Two labels to the IoU over which the less confident of a pair of them goes.
    """

    table: Mapping[tuple[str, str], float]

    @classmethod
    def load(cls, path: Path) -> CrossLabelNMS:
        """Reads a YAML list of ``[label, label, IoU]``.

        Raises:
            DocmarksError: The file is missing or holds something else.
        """
        try:
            rows = yaml.safe_load(path.read_text(encoding="utf-8"))
            return cls({(str(a), str(b)): float(iou) for a, b, iou in rows})
        except OSError as error:
            raise DocmarksError(f"{path}: cannot be read ({error.strerror}); check the name") from error
        except (ValueError, TypeError, yaml.YAMLError) as error:
            raise DocmarksError(
                f"{path}: not a table of pairs; write lines such as - [Signature, Date, 0.5]"
            ) from error

    def check(self, labels: Sequence[str]) -> None:
        """Refuses a table that cannot mean what it says.

        Raises:
            DocmarksError: A label is unknown, a pair has one label twice, or a threshold is not in 0..1.
        """
        for pair, iou in self.table.items():
            for label in pair:
                if label not in labels:
                    raise DocmarksError(
                        f"cross-label NMS: the detector has no label {label}; it has {', '.join(labels)}"
                    )
            if len(set(pair)) < 2:
                raise DocmarksError(
                    f"cross-label NMS: {pair[0]} twice in a pair; a label by itself is suppressed already"
                )
            if not 0 <= iou <= 1:
                raise DocmarksError(
                    f"cross-label NMS: the IoU of {' and '.join(pair)} is {iou:g}; give one from 0 to 1"
                )

    def __call__(self, found: Detections) -> Detections:
        """The detections without the labels that a more confident one suppresses; of equal scores the earlier stays.

        A box that carries both labels of a pair loses the less confident one; a box without labels left goes.
        """
        self.check(found.labels)
        scores = found.scores.copy()
        overlap = iou_matrix(found.boxes.astype(np.float64), found.boxes.astype(np.float64))
        row, label = np.nonzero(scores)
        for i in np.argsort(-scores[row, label], kind="stable"):
            if scores[row[i], label[i]] == 0:  # suppressed itself: it suppresses nothing
                continue
            for pair, iou in self.table.items():
                if found.labels[label[i]] not in pair:
                    continue
                other = found.labels.index(pair[1] if pair[0] == found.labels[label[i]] else pair[0])
                near = (overlap[row[i]] > iou) | (np.arange(len(found)) == row[i])
                weaker = scores[:, other] <= scores[row[i], label[i]]
                scores[near & weaker, other] = 0
        kept = scores.any(axis=1)
        return Detections(found.boxes[kept], scores[kept], found.labels)


def overlaps(
    predictions: Sequence[Detections],
    pages: Sequence[DatasetPage],
    labels: Sequence[str],
    threshold: float = 0.5,
    nms_iou: float = 0.5,
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
