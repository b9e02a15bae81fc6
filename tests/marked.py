"""Pages with marks, and what a detector might find on them, in a line."""

from pathlib import Path

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.marks import Detections, Mark, Page

LABELS = ("Signature", "Date", "Stamp")


def page(*truth, exhaustive=LABELS, ignored=()):
    """A page of 1000 x 1000 with (box, label, ...) as ground truths."""
    marks = [Mark(box, tuple(labels)) for box, *labels in truth] + [Mark(box, (), ignore=True) for box in ignored]
    return DatasetPage(Path("p.png"), Page(1000, 1000, marks=tuple(marks)), "g", frozenset(exhaustive))


def found(*predictions):
    """Detections (box, {label: score})."""
    boxes = np.array([box for box, _ in predictions], np.float32).reshape(-1, 4)
    scores = np.array([[scores.get(label, 0) for label in LABELS] for _, scores in predictions], np.float32)
    return Detections(boxes, scores.reshape(-1, 3), LABELS)
