"""Where a detector errs on annotated pages: false positives and missed marks, each with how wrong it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.label_matches import match_labels
from docmarks.evaluate.match import WRONG
from docmarks.marks import Box, Detections

LEAST = 0.3
"""What is less wrong is left out: every page has dozens of faint false positives."""

ALL_SIZES, IOU_50 = 0, 0
"""The first range of sizes and the first IoU threshold of a matching."""


@dataclass(frozen=True)
class Mistake:
    """One place where a detector errs, at IoU 0.5.

    Attributes:
        box: In pixels of the page.
        label: That is found where it is not, or missed where it is.
        size: How wrong it is, in 0..1: the confidence of a false positive; what that of a true one lacks to 1.
    """

    box: Box
    label: str
    size: float


def mistakes(
    found: Sequence[Detections], pages: Sequence[DatasetPage], labels: Sequence[str]
) -> list[tuple[Mistake, ...]]:
    """Those of each page; a label that is not fully annotated on it is unknown there, and makes none.

    Args:
        found: On each page.
        pages: In the same labels.
        labels: To look at.
    """
    every: list[list[Mistake]] = [[] for _ in pages]
    for label, matched in match_labels(found, pages, labels).items():
        outcome, partner = matched.outcome[ALL_SIZES, IOU_50], matched.truth[IOU_50]
        for page in matched.pages.tolist():
            here = slice(*np.searchsorted(matched.page, [page, page + 1]).tolist())
            boxes, scores = found[page].boxes[matched.row[here]].tolist(), matched.scores[here].tolist()
            marks = pages[page].page.marks
            missed = {
                i: (mark.box, 1.0) for i, mark in enumerate(m for m in marks if not m.ignore and label in m.labels)
            }
            wrong = []
            for box, score, became, truth in zip(boxes, scores, outcome[here], partner[here].tolist(), strict=True):
                if truth >= 0:
                    missed[truth] = missed[truth][0], 1 - score
                elif became == WRONG:
                    wrong.append((box, score))
            every[page] += _large([*wrong, *missed.values()], label)
    return [tuple(own) for own in every]


def _large(places: Sequence[tuple[Sequence[float], float]], label: str) -> Iterator[Mistake]:
    for (left, top, right, bottom), size in places:
        if size >= LEAST:
            yield Mistake((left, top, right, bottom), label, size)
