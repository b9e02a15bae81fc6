"""Whole pages from nothing: print, ink, scanner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

import docmarks
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark, Page
from docmarks.synth.decorate import decorate
from docmarks.synth.fill import fill_form
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.kinds import EVERY_KIND, KINDS
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.printed.typeset import render
from docmarks.synth.scan.dirt import dirt
from docmarks.synth.scan.legible import can_be_seen, ink_of
from docmarks.synth.scan.scanner import degrade
from docmarks.synth.scan.skew import skew, skewed_ink

Grey = NDArray[np.uint8]

LONG_SIDE = (950, 1250)
"""Pages are made so large, in pixels."""

POINTS_LONG_SIDE = 792.0

ERAS = {"typewriter": 0.35, "laser": 0.4, "modern": 0.25}
"""How often a page was written with what."""

EMPTY = ("Empty", "Empty Signature Zone")
"""Labels of fields that nobody has written on."""


class SyntheticPages:
    """Pages by seed: the same seed is the same page, in any order."""

    def __init__(
        self,
        ink: InkLibrary,
        kinds: Sequence[str] = tuple(KINDS),
        empty: float = 0.12,
        worn: bool = True,
        zones: bool = False,
    ) -> None:
        """Prepares.

        Args:
            ink: What to write with.
            kinds: Of layouts to choose from.
            empty: Share of pages that nobody has written on.
            worn: Whether scanners and faxes have had them.
            zones: Whether fields that were left empty are marks too: Empty, or Empty Signature Zone.
        """
        self.ink, self.kinds, self.empty, self.worn, self.zones = ink, tuple(kinds), empty, worn, zones

    @property
    def exhaustive(self) -> frozenset[str]:
        """The labels that are complete on every page: what is typed into fields has no box."""
        return frozenset(LABELS) - {"Printed"} - (set() if self.zones else set(EMPTY))

    @property
    def settings(self) -> dict[str, object]:
        """All that the pages depend on beside their seed."""
        return {
            "kinds": list(self.kinds),
            "empty": self.empty,
            "worn": self.worn,
            "zones": self.zones,
            "ink": self.ink.source,
            "version": docmarks.__version__,
        }

    def __call__(self, seed: int) -> tuple[Grey, Page]:
        """The page of that seed, grey ``[H, W]``, and its marks."""
        rng = np.random.default_rng((20_261, seed))
        layout = EVERY_KIND[self.kinds[int(rng.integers(len(self.kinds)))]](rng, House.random(rng, ERAS))
        share = max(layout.sheet.size) / POINTS_LONG_SIDE
        blank, scale = render(layout.sheet, round(int(rng.integers(*LONG_SIDE)) * share))
        squares = [_square(box, scale) for box in layout.checkboxes]
        image, marks = blank, squares
        if rng.random() >= self.empty:
            image, marks = fill_form(blank, _fields(layout, scale), squares, rng, self.ink, 0.3)
            if rng.random() < 0.6:
                image, added = decorate(image, marks, rng, self.ink)
                marks = [*marks, *added]
        if self.zones:
            marks = [*marks, *_untouched(blank, image, layout, scale)]
        if self.worn:
            image, marks = _scanned(blank, image, marks, rng)
        height, width = image.shape
        return image, Page(width, height, scale * 72, marks=tuple(marks))


def _scanned(blank: Grey, image: Grey, marks: list[Mark], rng: np.random.Generator) -> tuple[Grey, list[Mark]]:
    ink = ink_of(blank, image)
    if rng.random() < 0.5:
        degrees = float(rng.normal(0, 0.8))
        ink = skewed_ink(ink, degrees)
        image, marks = skew(image, marks, degrees)
    if rng.random() < 0.5:
        image = dirt(image, rng)
    copy = degrade(image, rng)
    # What the copy has lost is neither right nor wrong any more.
    return copy, [mark if can_be_seen(mark, ink, copy) else replace(mark, ignore=True) for mark in marks]


def _square(box: tuple[float, float, float, float], scale: float) -> Mark:
    x, y, w, h = (v * scale for v in box)
    return Mark((x, y, x + w, y + h), ("Unfilled Checkbox",))


def _fields(layout: Layout, scale: float) -> list[dict[str, object]]:
    return [{"kind": kind, "bbox": [v * scale for v in place]} for kind, place in layout.places]


def _untouched(blank: Grey, image: Grey, layout: Layout, scale: float) -> list[Mark]:
    """The fields in which nothing has changed, as marks."""
    found = []
    for kind, place in layout.places:
        x, y, w, h = (v * scale for v in place)
        part = (slice(max(0, round(y)), round(y + h)), slice(max(0, round(x)), round(x + w)))
        if np.array_equal(blank[part], image[part]):
            label = EMPTY[kind == "signature"]
            box = (max(0.0, x), max(0.0, y), min(x + w, blank.shape[1]), min(y + h, blank.shape[0]))
            found.append(Mark(box, (label,)))
    return found
