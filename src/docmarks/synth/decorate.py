"""Adds marks to any page, where none is yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Box, Mark
from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.ink import handwritten
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.inked import inked, put, shade
from docmarks.synth.marks import boxes, overprint
from docmarks.synth.marks.scrawl import scrawl
from docmarks.synth.paper import Paper, around
from docmarks.synth.printed.imprints import imprint
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.signing import Signer
from docmarks.synth.texts import people

Grey = NDArray[np.uint8]

SIGNED_AND_DATED = 0.2
"""Of the signatures, those with a date."""

SIGNED_OVER_NAME = 0.3
"""Of the signatures, those over a printed name, into which they may run."""

SIGNED_OFF = 0.35
"""Of the signatures that stand over no name, those behind what their signers did: prepared, checked, approved."""


def decorate(
    page: Grey,
    marks: Sequence[Mark],
    rng: np.random.Generator,
    ink: InkLibrary,
    most: int = 4,
    scrawls: float = 0.25,
    imprints: float = 0.3,
) -> tuple[Grey, list[Mark]]:
    """Adds one to ``most`` marks where none is yet.

    Args:
        page: ``[H, W]``; not changed.
        marks: What is on it.
        rng: Everything random comes from it.
        ink: What to write with.
        most: At most so many.
        scrawls: How often ticks, circles and underlines come first, which are no marks.
        imprints: How often print comes first that looks like a mark and is none.

    Returns:
        The new page and the marks that were added.
    """
    page = page.copy()
    paper = Paper(page, (mark.box for mark in marks))
    if rng.random() < imprints:
        _imprints(page, paper, rng, ink.case)
    if rng.random() < scrawls:
        for _ in range(int(rng.integers(1, 4))):
            scrawl(page, paper, rng)
    return page, Decorator(page, paper, rng, ink).add(int(rng.integers(1, most + 1)))


def with_print(page: Grey, marks: Sequence[Mark], rng: np.random.Generator, ink: InkLibrary) -> Grey:
    """The page with one to three pieces of print where nothing is yet, which look like marks and are none."""
    page = page.copy()
    _imprints(page, Paper(page, (mark.box for mark in marks)), rng, ink.case)
    return page


def _imprints(page: Grey, paper: Paper, rng: np.random.Generator, case: TypeCase) -> None:
    for _ in range(int(rng.integers(1, 4))):
        imprint(page, paper, rng, case)


class Decorator:
    """One page being decorated, in place."""

    def __init__(self, page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary) -> None:
        """``paper`` knows what is on the page."""
        self.page, self.paper, self.rng, self.ink = page, paper, rng, ink
        self._signer = Signer(page, paper, rng, ink)
        self._kinds: tuple[tuple[Callable[[], list[Mark]], float], ...] = (
            (self._signature, 0.09),
            (self._initials, 0.09),
            (self._note, 0.16),
            (self._date, 0.1),
            (self._signer.on_lines, 0.13),
            (self._stamp, 0.13),
            (self._strike, 0.13),
            (self._redaction, 0.08),
            (self._correction, 0.04),
            (self._checkboxes, 0.05),
        )

    def add(self, count: int) -> list[Mark]:
        """Tries to add ``count`` marks of any kind."""
        chances = [chance for _, chance in self._kinds]
        added: list[Mark] = []
        for kind in self.rng.choice(len(self._kinds), count, p=chances):
            added.extend(self._kinds[int(kind)][0]())
        return added

    def _anywhere(self, mask: Mask, labels: tuple[str, ...], most_ink: Sequence[float]) -> list[Mark]:
        limit = float(self.rng.choice(most_ink))
        at = self.paper.place(mask.shape[1], mask.shape[0], self.rng, limit)
        return [] if at is None else put(self.page, self.paper, mask, at, labels, shade(self.rng))

    def _signature(self) -> list[Mark]:
        if self.rng.random() < SIGNED_OVER_NAME:
            return self._signer.over_name()
        if self.rng.random() < SIGNED_OFF:
            return self._signer.signed_off()
        mask = handwritten.signature(self.ink, self.rng)
        if self.rng.random() < SIGNED_AND_DATED:
            return self._signer.dated(mask)
        return self._anywhere(mask, ("Signature",), (0.04, 0.12, 0.3))

    def _initials(self) -> list[Mark]:
        return self._anywhere(handwritten.initials(self.ink, self.rng), ("Initials",), (0.03, 0.08, 0.2))

    def _date(self) -> list[Mark]:
        height = float(np.clip(26 * np.exp(self.rng.normal(0, 0.35)), 11, 60))
        return self._anywhere(handwritten.date(self.ink, self.rng, height), ("Date",), (0.03, 0.06, 0.12))

    def _note(self) -> list[Mark]:
        lines = handwritten.note(self.ink, self.rng)
        width = max(left + mask.shape[1] for mask, left, _ in lines)
        height = max(top + mask.shape[0] for mask, _, top in lines)
        limit = float(self.rng.choice((0.02, 0.06, 0.15)))
        at = self.paper.place(width, height, self.rng, limit)
        if at is None:
            return []
        grey, added = shade(self.rng), []
        for mask, left, top in lines:  # whose boxes may overlap where they run uphill
            added.extend(inked(self.page, mask, (at[0] + left, at[1] + top), ("Other Text",), grey))
        for mark in added:
            self.paper.take(mark.box)
        return added

    def _stamp(self) -> list[Mark]:
        mask, labels = self.ink.stamps.stamp(self.rng)
        return self._anywhere(mask, labels, (0.03, 0.15, 0.25))

    def _strike(self) -> list[Mark]:
        if self.rng.random() < 0.12:
            return self._cross_out()
        line = self.paper.text_line(self.rng, 12)
        return [] if line is None else self._over(lambda: overprint.strike(self.page, line, self.rng), "Strikethrough")

    def _cross_out(self) -> list[Mark]:
        # A word or two, or all of a letter that was sent anew.
        width, height = (int(v) for v in np.clip(130 * np.exp(self.rng.normal(0, 0.7, 2)), 45, 560))
        at = self.paper.place(width, height, self.rng, 0.3)
        if at is None or self.paper.share((*at, at[0] + width, at[1] + height)) < 0.05:
            return []
        area = (*at, at[0] + width, at[1] + height)
        return self._over(lambda: overprint.cross_out(self.page, area, self.rng), "Strikethrough")

    def _redaction(self) -> list[Mark]:
        added: list[Mark] = []
        words = self.paper.words(self.rng)
        # One office redacts all in one manner: the same look for all that is covered here.
        seed = int(self.rng.integers(2**31))
        for _ in range(int(self.rng.integers(1, 4))):
            if words:
                line = around(words[: int(self.rng.integers(1, 7))])
                manner = np.random.default_rng(seed)
                added.extend(self._over(lambda at=line, by=manner: overprint.redact(self.page, at, by), "Redaction"))  # type: ignore[misc]
            words = self.paper.words(self.rng, 3)
        return added

    def _correction(self) -> list[Mark]:
        """Printed words struck out, what they should be beside or over them."""
        words = self.paper.words(self.rng)
        if not words:
            return []
        line = around(words[: int(self.rng.integers(1, 4))])
        added = self._over(lambda: overprint.strike(self.page, line, self.rng), "Strikethrough")
        height = (line[3] - line[1]) * float(self.rng.uniform(1.1, 2.0))
        is_number = self.rng.random() < 0.5
        item = handwritten.number(self.ink, self.rng) if is_number else self.ink.text(people.note(self.rng), self.rng)
        mask = handwritten.fitted(item, self.rng, 160, height)
        at = (line[0] + int(self.rng.integers(-5, 12)), line[1] - mask.shape[0] - 1)
        if added and at[0] >= 0 and at[1] >= 0:
            added.extend(put(self.page, self.paper, mask, at, ("Correction", "Other Text"), shade(self.rng)))
        return added

    def _over(self, draw: Callable[[], Box], label: str) -> list[Mark]:
        """Draws over print, and takes it back where it ran into another mark."""
        before = self.page.copy()
        box = draw()
        if not self.paper.is_free(box, 0):
            self.page[...] = before
            return []
        self.paper.take(box)
        return [Mark(box, (label,))]

    def _checkboxes(self) -> list[Mark]:
        rng = self.rng
        size, n = int(rng.integers(8, 22)), int(rng.integers(1, 5))
        across, step = bool(rng.random() < 0.5), int(rng.integers(size + 8, size + 70))
        width, height = (step * (n - 1) + size, size) if across else (size, step * (n - 1) + size)
        at = self.paper.place(width, height, rng, 0.01)
        if at is None:
            return []
        found = []
        for i in range(n):
            left, top = at[0] + step * i * across, at[1] + step * i * (not across)
            box = boxes.draw_square(self.page, left, top, size, rng)
            filled = rng.random() < 0.5
            if filled:
                boxes.fill(self.page, box, rng)
            found.append(Mark(box, ("Filled Checkbox" if filled else "Unfilled Checkbox",)))
            self.paper.take(box)
        return found
