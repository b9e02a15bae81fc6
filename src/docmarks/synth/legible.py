"""Which marks a bad copy has left something of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Mark

Grey = NDArray[np.uint8]

CHANGE = 25
"""Grey levels by which ink must differ from what was below it, and from the paper after the copy."""

LEFT = 0.3
"""So much of a mark's ink must be left."""


def ink_of(blank: Grey, written: Grey) -> Grey:
    """255 where writing has changed a page, ``[H, W]``."""
    change = np.maximum(blank, written) - np.minimum(blank, written)
    return np.where(change > CHANGE, 255, 0).astype(np.uint8)


def legible(marks: Sequence[Mark], ink: Grey, copy: Grey) -> list[Mark]:
    """The marks; those of whose ink little is left on the copy are neither right nor wrong any more.

    Args:
        marks: On the copy.
        ink: As ``ink_of`` gives it, moved like the copy.
        copy: ``[H, W]``.
    """
    dark = copy < np.percentile(copy[::7, ::7], 80) - CHANGE
    return [mark if _is_left(mark, ink, dark) else replace(mark, ignore=True) for mark in marks]


def _is_left(mark: Mark, ink: Grey, dark: NDArray[np.bool_]) -> bool:
    if mark.label == "Unfilled Checkbox" or mark.label.startswith("Empty"):
        return True  # nobody has written there
    left, top, right, bottom = (round(v) for v in mark.box)
    part = (slice(max(0, top), bottom), slice(max(0, left), right))
    written = ink[part] > 127
    return bool(written.any()) and float(dark[part][written].mean()) > LEFT
