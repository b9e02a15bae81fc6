"""Whether anything is in a checkbox to see, whatever it is called."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FILLED = "Filled Checkbox"

INNER = 0.6
"""Share of the square's sides that is looked at: its middle, without the printed outline."""

DARKER = 25
"""Grey levels by which the faintest pencil differs from the paper around it."""


def is_empty(page: NDArray[np.uint8], box: Sequence[float]) -> bool:
    """Whether the middle of a square shows nothing but paper.

    Args:
        page: ``[H, W]``.
        box: x, y, width, height.
    """
    x, y, w, h = box
    if max(w, h) > 2 * max(page.shape) or min(w, h) < 4:
        return False
    middle = _part(page, x + w / 2, y + h / 2, w * INNER, h * INNER)
    around = _part(page, x + w / 2, y + h / 2, w * 3, h * 3)
    return middle.size > 0 and int(middle.min()) > float(np.percentile(around, 75)) - DARKER


def _part(page: NDArray[np.uint8], x: float, y: float, w: float, h: float) -> NDArray[np.uint8]:
    left, top = max(0, math.ceil(x - w / 2)), max(0, math.ceil(y - h / 2))
    return page[top : max(top, math.floor(y + h / 2)), left : max(left, math.floor(x + w / 2))]
