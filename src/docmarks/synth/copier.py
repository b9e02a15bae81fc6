"""What became of a finished page: it lay crooked, got dirty and was scanned, but every mark is still to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Mark
from docmarks.synth.family import Family
from docmarks.synth.paper import NoRoomError
from docmarks.synth.scan.dirt import dirt
from docmarks.synth.scan.legible import AROUND, CHANGE, can_be_seen, ink_of
from docmarks.synth.scan.scanner import degrade
from docmarks.synth.scan.skew import skew, skewed_ink

Grey = NDArray[np.uint8]

SOFT = ("blur", "noise", "jpeg")
"""Steps that hardly lose ink."""

READ = 0.6
"""So much of the dark print must be dark on the copy."""

TOUCHED = 0.06
"""Dirt may change so much of a mark's box."""


class Copier:
    """One device and one sheet under it."""

    def __init__(self, family: Family, device: np.random.Generator, rng: np.random.Generator) -> None:
        """``device`` is the same for all pages of a document, ``rng`` is the page's."""
        self._family, self._device, self._rng = family, int(device.integers(2**31)), rng

    def copy(self, blank: Grey, written: Grey, marks: Sequence[Mark]) -> tuple[Grey, list[Mark]]:
        """The copy and the marks on it; a device that would lose a mark is set again, ever more gently.

        Args:
            blank: The page ``[H, W]`` without the marks; what differs on the next one is their ink.
            written: The page with them.
            marks: On it.

        Raises:
            NoRoomError: A mark cannot be seen however gently it is scanned.
        """
        ink = ink_of(blank, written)
        # On real paper there may be marks that are hard to see already.
        shown = [not mark.ignore and can_be_seen(mark, ink, written) for mark in marks]
        ink, page, moved = self._laid(ink, written, list(marks))
        page = self._dirty(page, moved)
        chances = self._family.scanner
        gentle = {step: chances.get(step, 0.0) for step in SOFT}
        for setting, steps in enumerate((chances, chances, chances, gentle, {})):
            copy = degrade(page, np.random.default_rng((self._device, setting)), steps)
            seen = all(can_be_seen(mark, ink, copy) for mark, before in zip(moved, shown, strict=True) if before)
            if seen and (not steps or _is_read(page, copy)):
                return copy, moved
        raise NoRoomError

    def _laid(self, ink: Grey, page: Grey, marks: list[Mark]) -> tuple[Grey, Grey, list[Mark]]:
        """Turned a little, but not so far that a mark's box would leave the sheet, or reach over another's."""
        degrees = float(self._rng.normal(0, self._family.skew)) if self._rng.random() < 0.8 else 0.0
        height, width = page.shape
        for _ in range(4):
            if abs(degrees) < 0.05:
                break
            turned, moved = skew(page, marks, degrees)
            inside = all(0 < m.box[0] and 0 < m.box[1] and m.box[2] < width and m.box[3] < height for m in moved)
            if inside and _apart(moved):
                return skewed_ink(ink, degrees), turned, [_rounded(mark) for mark in moved]
            degrees /= 2
        return ink, page, [_rounded(mark) for mark in marks]

    def _dirty(self, page: Grey, marks: Sequence[Mark]) -> Grey:
        """With holes, edges and specks that leave the marks alone."""
        if self._rng.random() >= self._family.dirt:
            return page
        for _ in range(4):
            dirty = dirt(page, self._rng)
            changed = ink_of(page, dirty) > 127
            if not changed.any() or all(_touched(changed, mark) < TOUCHED for mark in marks):
                return dirty
        return page


def _apart(marks: Sequence[Mark]) -> bool:
    """Whether no two boxes share more than a pixel's breadth."""
    boxes = np.array([mark.box for mark in marks if not mark.ignore]).reshape(-1, 4)
    low, high = np.maximum(boxes[:, None, :2], boxes[:, :2]), np.minimum(boxes[:, None, 2:], boxes[:, 2:])  # [M, M, 2]
    over = ((high - low) > 1).all(axis=2)
    return int(over.sum()) == len(boxes)  # each with itself


def _is_read(page: Grey, copy: Grey) -> bool:
    """Whether most of the print is still on the copy: nobody keeps a worse one."""
    part = page[::3, ::3], copy[::3, ::3]
    print_ = part[0] < np.percentile(part[0], 80) - 90
    dark = part[1] < np.percentile(part[1], 80) - CHANGE
    return not print_.any() or float(dark[print_].mean()) > READ


def _touched(changed: NDArray[np.bool_], mark: Mark) -> float:
    left, top, right, bottom = (round(v) for v in mark.box)
    area = changed[max(0, top - AROUND) : bottom + AROUND, max(0, left - AROUND) : right + AROUND]
    return float(area.mean()) if area.size else 0.0


def _rounded(mark: Mark) -> Mark:
    left, top, right, bottom = (round(v, 2) for v in mark.box)
    return replace(mark, box=(left, top, right, bottom))
