"""Non-maximum suppression between labels that exclude each other, on the pairs that a user names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from docmarks.errors import DocmarksError
from docmarks.marks import Detections
from docmarks.runtime.nms import iou_with


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
            DocmarksError: The file is missing or holds something else, or names a pair twice.
        """
        try:
            rows = [(str(a), str(b), float(iou)) for a, b, iou in yaml.safe_load(path.read_text(encoding="utf-8"))]
        except OSError as error:
            raise DocmarksError(f"{path}: cannot be read ({error.strerror}); check the name") from error
        except (ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
            raise DocmarksError(
                f"{path}: not a table of pairs; write lines such as - [Signature, Date, 0.5]"
            ) from error
        table: dict[tuple[str, str], float] = {}
        for a, b, iou in rows:
            if (a, b) in table or (b, a) in table:
                raise DocmarksError(f"{path}: {a} and {b} twice; leave one of the lines")
            table[a, b] = iou
        return cls(table)

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

    def to_json(self) -> list[list[str | float]]:
        """The rows of the file."""
        return [[a, b, iou] for (a, b), iou in self.table.items()]

    def __call__(self, found: Detections) -> Detections:
        """The detections without the labels that a more confident one suppresses; of equal scores the earlier stays.

        A box that carries both labels of a pair loses the less confident one; a box without labels left goes.
        """
        self.check(found.labels)
        scores = found.scores.copy()
        named = sorted({found.labels.index(label) for pair in self.table for label in pair})
        row, column = np.nonzero(scores[:, named])
        label = np.array(named, np.intp)[column]
        for i in np.argsort(-scores[row, label], kind="stable"):
            if scores[row[i], label[i]] == 0:  # suppressed itself: it suppresses nothing
                continue
            overlap = iou_with(found.boxes[row[i]], found.boxes).astype(np.float64)  # as in ``nms``
            for pair, iou in self.table.items():
                if found.labels[label[i]] not in pair:
                    continue
                other = found.labels.index(pair[1] if pair[0] == found.labels[label[i]] else pair[0])
                near = (overlap > iou) | (np.arange(len(found)) == row[i])
                weaker = scores[:, other] <= scores[row[i], label[i]]
                scores[near & weaker, other] = 0
        kept = scores.any(axis=1)
        return Detections(found.boxes[kept], scores[kept], found.labels)
