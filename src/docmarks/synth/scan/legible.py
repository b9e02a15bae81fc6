"""Which marks can still be seen, on a page and on a bad copy of it."""

from __future__ import annotations

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


def stands_out(mark: Mark, before: Grey, after: Grey) -> bool:
    """Whether what was drawn at a mark is darker than what is around and between it.

    Args:
        mark: On both.
        before: The page without it, ``[H, W]``.
        after: With it.
    """
    part = _around(mark, after.shape)
    return _differs(ink_of(before[part], after[part]) > 127, after[part])


def can_be_seen(mark: Mark, ink: Grey, copy: Grey) -> bool:
    """Whether a copy still shows a mark against the paper around it.

    Args:
        mark: On the copy.
        ink: As ``ink_of`` gives it, moved like the copy.
        copy: ``[H, W]``.
    """
    if mark.label.startswith("Empty") or "Empty" in mark.labels:
        return True
    part = _around(mark, copy.shape)
    if "Unfilled Checkbox" in mark.labels:
        return _has_outline(mark, copy)
    return _differs(ink[part] > 127, copy[part])


AROUND = 5
"""Pixels around a mark that are looked at with it."""


def _around(mark: Mark, shape: tuple[int, ...]) -> tuple[slice, slice]:
    left, top, right, bottom = (round(v) for v in mark.box)
    return (
        slice(max(0, top - AROUND), min(shape[0], bottom + AROUND)),
        slice(max(0, left - AROUND), min(shape[1], right + AROUND)),
    )


def _differs(written: NDArray[np.bool_], copy: Grey) -> bool:
    if not written.any() or written.all():
        return False
    paper = float(np.percentile(copy[~written], 60))
    return float((copy[written] < paper - CHANGE).mean()) > LEFT


def _has_outline(mark: Mark, copy: Grey) -> bool:
    """Whether something of each side of a square is left."""
    part = _around(mark, copy.shape)
    area = copy[part]
    dark = area < float(np.percentile(area, 75)) - CHANGE
    y0, x0 = part[0].start, part[1].start
    left, top, right, bottom = (round(v) - start for v, start in zip(mark.box, (x0, y0, x0, y0), strict=True))
    rows, columns = slice(max(0, top), bottom), slice(max(0, left), right)
    sides = (
        dark[rows, max(0, left - 2) : left + 3].any(axis=1),
        dark[rows, max(0, right - 3) : right + 2].any(axis=1),
        dark[max(0, top - 2) : top + 3, columns].any(axis=0),
        dark[max(0, bottom - 3) : bottom + 2, columns].any(axis=0),
    )
    return all(side.size > 0 and float(side.mean()) > 0.4 for side in sides)
