"""Ink laid on a page, with the mark that it makes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Mark
from docmarks.synth.handwriting.pen import Mask, lay
from docmarks.synth.paper import Paper

Grey = NDArray[np.uint8]

SMALLEST = 4
"""Marks of fewer pixels across are not worth a box."""


def shade(rng: np.random.Generator) -> int:
    """The grey of ink: mostly close to black, as copies show it."""
    return int(rng.integers(0, 35) if rng.random() < 0.7 else rng.integers(35, 115))


def put(page: Grey, paper: Paper, mask: Mask, at: tuple[int, int], labels: tuple[str, ...], grey: int) -> list[Mark]:
    """Lays coverage on the page in place, if nothing is there yet; the mark it makes, or none."""
    left, top = at
    if not paper.is_free((left, top, left + mask.shape[1], top + mask.shape[0]), 0):
        return []
    marks = inked(page, mask, at, labels, grey)
    for mark in marks:
        paper.take(mark.box)
    return marks


def inked(page: Grey, mask: Mask, at: tuple[int, int], labels: tuple[str, ...], grey: int) -> list[Mark]:
    """Lays coverage on the page in place, whatever is there; its mark, or none and no ink if that is too small."""
    left, top = at
    there = page[max(0, top) : max(0, top + mask.shape[0]), max(0, left) : max(0, left + mask.shape[1])]
    before = there.copy()
    box = lay(page, mask, left, top, grey)
    if box is None or box[2] - box[0] < SMALLEST or box[3] - box[1] < SMALLEST:
        there[:] = before  # ink without a box would be taught to be none
        return []
    return [Mark((float(box[0]), float(box[1]), float(box[2]), float(box[3])), labels)]
