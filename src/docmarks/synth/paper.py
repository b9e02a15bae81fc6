"""What is already on a page: where its printed lines run and where it is empty."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Rectangle = tuple[float, float, float, float]

DARK = 55
"""How much darker than the paper a pixel must be to count as ink."""


class Paper:
    """A page's ink, for choosing places."""

    def __init__(self, page: Grey) -> None:
        """Looks once; what is laid on afterwards is told with ``take``."""
        self.height, self.width = page.shape
        background = int(np.percentile(page[::7, ::7], 80))
        self.dark = page < background - DARK
        self._sums = np.pad(self.dark.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        self.taken: list[Rectangle] = []

    def take(self, box: Rectangle) -> None:
        """Keeps later marks off this box."""
        self.taken.append(box)

    def share(self, box: Rectangle) -> float:
        """Share of the box's pixels that are dark."""
        x0, y0, x1, y1 = (int(v) for v in box)
        x0, y0, x1, y1 = max(0, x0), max(0, y0), min(self.width, x1), min(self.height, y1)
        if x1 <= x0 or y1 <= y0:
            return 1.0
        s = self._sums
        return float(s[y1, x1] - s[y0, x1] - s[y1, x0] + s[y0, x0]) / ((x1 - x0) * (y1 - y0))

    def is_free(self, box: Rectangle, margin: float = 3) -> bool:
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

    def text_line(self, rng: np.random.Generator, tries: int = 12) -> tuple[int, int, int, int] | None:
        """The box of a piece of a printed line, 7 to 24 pixels high, free of marks."""
        for _ in range(tries):
            span = int(rng.integers(40, 260))
            left = int(rng.integers(max(1, self.width - span)))
            strip = self.dark[:, left : left + span]
            rows = strip.mean(axis=1) > 0.04
            edges = np.flatnonzero(np.diff(np.concatenate(([0], rows.astype(np.int8), [0]))))
            runs = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if 7 <= b - a <= 24]
            if not runs:
                continue
            top, bottom = runs[int(rng.integers(len(runs)))]
            columns = np.flatnonzero(strip[top:bottom].any(axis=0))
            box = (left + int(columns[0]), int(top), left + int(columns[-1]) + 1, int(bottom))
            density = self.share(box)
            if box[2] - box[0] >= 30 and 0.08 < density < 0.5 and self.is_free(box, 1):
                return box
        return None
