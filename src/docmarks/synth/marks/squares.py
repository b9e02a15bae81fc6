"""Checkboxes as ordered: so many filled, so many blank, on printed squares or on squares of our own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Box, Mark
from docmarks.synth.handwriting.pen import Pen, lay
from docmarks.synth.handwriting.strokes import Ink
from docmarks.synth.marks import boxes
from docmarks.synth.paper import NoRoomError, Paper
from docmarks.synth.printed.lettering import lettering
from docmarks.synth.texts import words

Grey = NDArray[np.uint8]
FILLED, UNFILLED = "Filled Checkbox", "Unfilled Checkbox"


class Squares:
    """The squares of one page, in place."""

    def __init__(self, page: Grey, paper: Paper, squares: Sequence[Mark], rng: np.random.Generator) -> None:
        """``squares`` are printed and blank."""
        self._page, self._paper, self._rng = page, paper, rng
        self._boxes = [boxes.outlined(page, mark.box) for mark in squares]
        for box in self._boxes:
            paper.take(box)

    def fulfil(self, order: Sequence[frozenset[str]]) -> list[Mark]:
        """Fills what is ordered filled; what nobody ordered stays blank, and is a mark as well."""
        missing = len(order) - len(self._boxes)
        while missing > 0:
            printed = self._print(min(missing, int(self._rng.integers(1, 7))))
            self._boxes.extend(printed)
            missing -= len(printed)
        marks = []
        chosen = sorted(self._rng.permutation(len(self._boxes))[: len(order)])
        ordered = dict(zip((int(i) for i in chosen), self._rng.permutation(np.arange(len(order))), strict=True))
        blank = [box for i, box in enumerate(self._boxes) if i not in ordered or FILLED not in order[ordered[i]]]
        for i, box in enumerate(self._boxes):
            labels = order[ordered[i]] if i in ordered else frozenset({UNFILLED})
            if FILLED in labels:
                self._fill(box, blank)
            marks.append(Mark(self._treated(box, labels), tuple(sorted(labels))))
        return marks

    def _fill(self, box: Box, blank: Sequence[Box]) -> None:
        """Marks a square; not so wildly that another, blank one would seem to be marked."""
        for _ in range(6):
            before = self._page.copy()
            boxes.fill(self._page, box, self._rng)
            if not boxes.is_blank(self._page, box) and all(boxes.is_blank(self._page, other) for other in blank):
                return
            self._page[...] = before
        x0, y0, x1, y1 = (round(v) for v in box)
        inset = max(1, (x1 - x0) // 5)
        self._page[y0 + inset : y1 - inset, x0 + inset : x1 - inset] = 20

    def _treated(self, box: Box, labels: frozenset[str]) -> Box:
        """What else became of a square: blacked out, struck out, or marked so that nobody can tell; its box then."""
        x0, y0, x1, y1 = (round(v) for v in box)
        if "Redaction" in labels:
            self._page[max(0, y0 - 2) : y1 + 2, max(0, x0 - 2) : x1 + 2] = 8
            return float(x0 - 2), float(y0 - 2), float(x1 + 2), float(y1 + 2)
        if {FILLED, UNFILLED} <= labels:  # marked and rubbed out again
            inside = self._page[y0 + 2 : y1 - 2, x0 + 2 : x1 - 2]
            inside[...] = (255 - (255 - inside.astype(np.uint16)) // 2).astype(np.uint8)
        if "Strikethrough" in labels:
            wide, high = x1 - x0, y1 - y0
            line = np.array([(-0.25, 0.7), (0.5, 0.45), (1.25, 0.3)]) * (wide, high)
            low = line.min(axis=0)
            ink = Ink((np.column_stack(((line - low) / high, np.full(3, 0.7))).astype(np.float32),))
            drawn = lay(self._page, Pen(2.0).write(ink, high), round(x0 + low[0]), round(y0 + low[1]), 10)
            if drawn is not None:
                return min(box[0], drawn[0]), min(box[1], drawn[1]), max(box[2], drawn[2]), max(box[3], drawn[3])
        return box

    def _print(self, count: int) -> list[Box]:
        """Prints squares with captions, one under the other, where there is room; fewer where there is less."""
        rng = self._rng
        size, step = int(rng.integers(10, 17)), int(rng.integers(24, 32))
        captions = [lettering(words.phrase(rng, int(rng.integers(1, 4))), "Helvetica", 11) for _ in range(count)]
        width = size + 8 + max(caption.shape[1] for caption in captions)
        for limit in (0.0, 0.002, 0.02, 0.1, 0.3):
            at = self._paper.place(width + 16, step * count + 16, rng, limit, 40)
            if at is None:
                continue
            left, top = at[0] + 8, at[1] + 8
            found = []
            for row, caption in enumerate(captions):
                found.append(boxes.draw_square(self._page, left, top + row * step, size, rng))
                lay(self._page, caption, left + size + 6, top + row * step, 20)
            self._paper.take((left - 4, top - 4, left + width, top + step * count))
            return found
        if count > 1:
            return self._print(1)
        raise NoRoomError
