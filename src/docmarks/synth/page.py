"""Whole pages from nothing: print, ink, scanner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Mark, Page
from docmarks.synth.fill import decorate, fill_form
from docmarks.synth.ink import InkLibrary
from docmarks.synth.layout import KINDS, Layout
from docmarks.synth.scanner import degrade, dirt, skew
from docmarks.synth.typeset import render

LONG_SIDE = (950, 1250)
"""Pages are made so large, in pixels."""

POINTS_LONG_SIDE = 792.0


class SyntheticPages:
    """Pages by seed: the same seed is the same page, on every machine and in any order."""

    def __init__(
        self, ink: InkLibrary, kinds: Sequence[str] = tuple(KINDS), empty: float = 0.12, worn: bool = True
    ) -> None:
        """Prepares.

        Args:
            ink: What to write with.
            kinds: Of layouts to choose from.
            empty: Share of pages that nobody has written on.
            worn: Whether scanners and faxes have had them.
        """
        self.ink, self.kinds, self.empty, self.worn = ink, tuple(kinds), empty, worn

    def __call__(self, seed: int) -> tuple[NDArray[np.uint8], Page]:
        """The page of that seed, grey ``[H, W]``, and its marks in the 16 labels, all of them annotated."""
        rng = np.random.default_rng((20_261, seed))
        layout = KINDS[self.kinds[int(rng.integers(len(self.kinds)))]](rng)
        share = max(layout.sheet.size) / POINTS_LONG_SIDE
        image, scale = render(layout.sheet, round(int(rng.integers(*LONG_SIDE)) * share))
        squares = [_mark(box, scale) for box in layout.checkboxes]
        if rng.random() < self.empty:
            marks: list[Mark] = squares
        else:
            image, marks = fill_form(image, _fields(layout, scale), squares, rng, self.ink)
            if rng.random() < 0.6:
                image, added = decorate(image, marks, rng, self.ink)
                marks = [*marks, *added]
        if self.worn:
            image, marks = self._scan(image, marks, rng)
        height, width = image.shape
        return image, Page(width, height, scale * 72, marks=tuple(marks))

    @staticmethod
    def _scan(
        image: NDArray[np.uint8], marks: list[Mark], rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], list[Mark]]:
        if rng.random() < 0.5:
            image, marks = skew(image, marks, float(rng.normal(0, 0.8)))
        if rng.random() < 0.5:
            image = dirt(image, rng)
        return degrade(image, rng), marks


def _mark(box: tuple[float, float, float, float], scale: float) -> Mark:
    x, y, w, h = (v * scale for v in box)
    return Mark((x, y, x + w, y + h), ("Unfilled Checkbox",))


def _fields(layout: Layout, scale: float) -> list[dict[str, object]]:
    return [{"kind": kind, "bbox": [v * scale for v in place]} for kind, place in layout.places]
