"""A printed page being laid out, and the places where people write on it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from docmarks.synth.printed.typeset import Sheet, text_width
from docmarks.synth.texts import words

Rectangle = tuple[float, float, float, float]
"""x, y, width, height in points, y down."""


@dataclass
class Layout:
    """A printed page and its places.

    Attributes:
        sheet: The print.
        checkboxes: Printed squares.
        places: (kind, place): "signature", "initials", "date", "name", "title", "address" or "text", with the room to
            write it in.
    """

    sheet: Sheet = field(default_factory=Sheet)
    checkboxes: list[Rectangle] = field(default_factory=list)
    places: list[tuple[str, Rectangle]] = field(default_factory=list)
    _squares: list[int] = field(default_factory=list)

    def checkbox(
        self, x: float, y: float, size: float, width: float = 0.7, fill: float | None = None, stretch: float = 1
    ) -> float:
        """Prints a square, or a box ``stretch`` times as wide as high, with its upper left corner at (x, y).

        Returns x after it.
        """
        self._squares.append(self.sheet.drawn)
        self.sheet.box(x, y, size * stretch, size, width, fill)
        self.checkboxes.append((x - width / 2, y - width / 2, size * stretch + width, size + width))
        return x + size * stretch

    def keep_squares(self, count: int, rng: np.random.Generator) -> None:
        """Leaves ``count`` neighbouring squares on the page at most; lines or nothing stand for the others."""
        start = int(rng.integers(max(0, len(self.checkboxes) - count) + 1))
        lines = rng.random() < 0.5
        for i, (x, y, w, h) in enumerate(self.checkboxes):
            if not start <= i < start + count:
                self.sheet.erase(self._squares[i])
                if lines:
                    self.sheet.line(x, y + h, x + w, y + h, 0.6)
        self.checkboxes = self.checkboxes[start : start + count]

    def blank(self, x: float, y: float, width: float, kind: str, room: float = 16) -> None:
        """A line to write on, with its room above."""
        self.sheet.line(x, y, x + width, y, 0.6)
        self.places.append((kind, (x, y - room, width, room)))

    def cell(self, x: float, y: float, width: float, height: float, caption: str, kind: str, size: float = 7) -> None:
        """A framed cell with a small caption in its upper corner and the rest to write in."""
        self.sheet.box(x, y, width, height)
        self.sheet.text(x + 3, y + size + 1, caption, "Helvetica", size)
        if height > size + 10:
            self.places.append((kind, (x + 4, y + size + 2, width - 8, height - size - 4)))

    def paragraph(
        self,
        rng: np.random.Generator,
        x: float,
        y: float,
        width: float,
        font: str,
        size: float,
        sentences: int,
        spelt: Callable[[str], str] = str,
        spacing: float = 1.25,
    ) -> float:
        """Running text, its lines ``spacing`` sizes apart; returns y after it."""
        per_line = max(12, int(width / (text_width("abcdefghij", font, size) / 10)))
        for line in textwrap.wrap(spelt(words.paragraph(rng, sentences)), per_line):
            self.sheet.text(x, y, line, font, size)
            y += size * spacing
        return y
