"""Whether two models find the same marks."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from docmarks.evaluate.match import iou_matrix
from docmarks.marks import Mark
from docmarks.runtime.detector import Detector

LEAST_AGREEMENT = 0.9
"""Share of confident marks that a quantised model must find again."""

CONFIDENT, STILL_THERE, SAME_PLACE = 0.6, 0.4, 0.7
"""Score of a mark that must be found again, the score that it must have then, and the IoU."""


def agreement(exact: Detector, other: Detector, images: Iterable[NDArray[np.uint8]]) -> tuple[float, int]:
    """The share of ``exact``'s confident marks that ``other`` finds again, and how many there are.

    Args:
        exact: The model to compare with.
        other: Another form of the same model.
        images: Pages ``[H, W, 3]`` or ``[H, W]``.
    """
    again = total = 0
    for image in images:
        wanted = exact(image).marks([CONFIDENT] * len(exact.labels))
        found = other(image).marks([STILL_THERE] * len(other.labels))
        total += len(wanted)
        again += sum(any(same_mark(a, b) for b in found) for a in wanted)
    return (again / total if total else 1.0), total


def same_mark(a: Mark, b: Mark, place: float = SAME_PLACE) -> bool:
    """Whether ``b`` has the first label of ``a``, and an IoU of ``place`` or more with it."""
    overlap = iou_matrix(np.array([a.box]), np.array([b.box]))[0, 0]
    return a.label in b.labels and float(overlap) >= place
