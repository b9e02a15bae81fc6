"""What is already on a page: where its printed lines run and where it is empty."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Box

Grey = NDArray[np.uint8]
Line = tuple[int, int, int, int]

DARK = 55
"""How much darker than the paper a pixel must be to count as ink."""


class NoRoomError(Exception):
    """What was ordered does not fit on a page."""


class Paper:
    """A page's ink, for choosing places."""

    def __init__(self, page: Grey, taken: Iterable[Box] = ()) -> None:
        """Looks once; what is laid on afterwards is told with ``take``, and ``taken`` is kept free from the start."""
        self.height, self.width = page.shape
        background = int(np.percentile(page[::7, ::7], 80))
        self.dark = page < background - DARK
        self._sums = np.zeros((self.height + 1, self.width + 1), np.int32)
        np.cumsum(self.dark, axis=0, dtype=np.int32, out=self._sums[1:, 1:])
        np.cumsum(self._sums[1:, 1:], axis=1, out=self._sums[1:, 1:])
        self.taken: list[Box] = [*taken]

    def take(self, box: Box) -> None:
        """Keeps later marks off this box."""
        self.taken.append(box)

    def share(self, box: Box) -> float:
        """Share of the box's pixels that are dark."""
        x0, y0, x1, y1 = (int(v) for v in box)
        x0, y0, x1, y1 = max(0, x0), max(0, y0), min(self.width, x1), min(self.height, y1)
        if x1 <= x0 or y1 <= y0:
            return 1.0
        s = self._sums
        return float(s[y1, x1] - s[y0, x1] - s[y1, x0] + s[y0, x0]) / ((x1 - x0) * (y1 - y0))

    def is_free(self, box: Box, margin: float = 3) -> bool:
        """Whether the box keeps off everything that was taken."""
        return all(
            box[2] + margin <= t[0] or t[2] + margin <= box[0] or box[3] + margin <= t[1] or t[3] + margin <= box[1]
            for t in self.taken
        )

    def place(
        self, width: int, height: int, rng: np.random.Generator, most_ink: float, tries: int = 30
    ) -> tuple[int, int] | None:
        """A free (left, top) for a box of this size with at most this share of ink under it."""
        if width >= self.width or height >= self.height:
            return None
        for _ in range(tries):
            left, top = int(rng.integers(self.width - width)), int(rng.integers(self.height - height))
            box = (left, top, left + width, top + height)
            if self.share(box) <= most_ink and self.is_free(box):
                return left, top
        return None

    def words(self, rng: np.random.Generator, tries: int = 12) -> list[Line]:
        """The boxes of neighbouring words of one printed line, 7 to 30 pixels high, free of marks; none if none."""
        for _ in range(tries):
            span = int(rng.integers(60, 260))
            left = int(rng.integers(max(1, self.width - span)))
            shares: NDArray[np.float64] = self.dark[:, left : left + span].mean(axis=1)
            runs = [(a, b) for a, b in _runs(shares > 0.04) if 7 <= b - a <= 30]
            if not runs:
                continue
            top, bottom = runs[int(rng.integers(len(runs)))]
            found = self._words(top, bottom, left)
            kept = [box for box in found if self.is_free(box, 1) and 0.1 < self.share(box) < 0.6]
            if kept and len(kept) == len(found):
                return kept
        return []

    def text_line(self, rng: np.random.Generator, longest: int = 9) -> Line | None:
        """The box of one to ``longest`` neighbouring words of a printed line."""
        words = self.words(rng)
        if not words:
            return None
        count = min(len(words), int(rng.integers(1, longest + 1)))
        return around(words[:count])

    def _words(self, top: int, bottom: int, left: int) -> list[Line]:
        """Words from ``left`` to the end of the line: what is between gaps as wide as a blank."""
        height = bottom - top
        columns = self.dark[top:bottom, left:].any(axis=0)
        blank = max(3, round(0.28 * height))
        words: list[Line] = []
        for a, b in _runs(columns):
            x0, x1 = left + a, left + b
            if words and x0 - words[-1][2] < blank:
                words[-1] = (words[-1][0], top, x1, bottom)
            elif words and x0 - words[-1][2] > 3 * height:
                break  # another column
            else:
                words.append((x0, top, x1, bottom))
        # The first may be cut in half by where we began to look; a very short one is a bullet or a speck.
        return [word for word in words[1:] if word[2] - word[0] > 0.6 * height][:12]


def around(boxes: list[Line]) -> Line:
    """The box that holds them all."""
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)


def _runs(flags: NDArray[np.bool_] | np.bool_) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], np.asarray(flags, np.int8), [0]))))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
