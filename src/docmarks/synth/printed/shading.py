"""Bands of grey under the rows of a form."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Box

Grey = NDArray[np.uint8]

DARKEST, LIGHTEST = 150, 236
"""Of the bands; print stays legible on the darkest, and a checkbox in it still counts as blank."""


def shade_rows(page: Grey, boxes: Sequence[Box], rng: np.random.Generator) -> None:
    """Lays grey under the rows of some of the boxes, in place, as tables shade every other row: ink stays as dark."""
    level, share = int(rng.integers(DARKEST, LIGHTEST)), float(rng.uniform(0.2, 0.7))
    left = int(rng.integers(page.shape[1] // 2 + 1))
    right = int(rng.integers(page.shape[1] // 2, page.shape[1])) + 1
    margin = float(rng.uniform(0.05, 0.5))
    for box in boxes:
        if rng.random() < share:
            high = box[3] - box[1]
            rows = slice(max(0, round(box[1] - margin * high)), round(box[3] + margin * high))
            columns = slice(min(left, max(0, round(box[0] - high))), max(right, round(box[2] + high)))
            page[rows, columns] = np.minimum(page[rows, columns], level)
