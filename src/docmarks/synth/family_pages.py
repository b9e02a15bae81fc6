"""The pages of a family, made to order."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import docmarks
from docmarks.data.dataset import DatasetPage
from docmarks.errors import DocmarksError
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark, Page
from docmarks.synth.backgrounds import Backgrounds
from docmarks.synth.copier import Copier
from docmarks.synth.family import MIXTURES, Family, Mixture, apportion, load_mixture
from docmarks.synth.fill import type_in
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.ink.writers import Writers
from docmarks.synth.kinds import EVERY_KIND
from docmarks.synth.made import MadePage
from docmarks.synth.marks.scrawl import scrawl
from docmarks.synth.marks.squares import FILLED, UNFILLED
from docmarks.synth.page import POINTS_LONG_SIDE
from docmarks.synth.paper import NoRoomError
from docmarks.synth.plan import Order, plan
from docmarks.synth.printed.furniture import fax_line
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.printed.lettering import typeface
from docmarks.synth.printed.typeset import render
from docmarks.synth.to_order import Desk, Place

Grey = NDArray[np.uint8]

KEY = 20_269
"""Tells the generators of this file from others with the same seeds."""

ATTEMPTS, SPARSE = 12, 3
"""A page on which the order does not fit is laid out anew so often, the last times with little print on it."""

UNSURE = frozenset({"Printed", "Empty", "Empty Signature Zone"})
"""Labels of which pages carry more than was ordered and boxed: print in fields, and fields left empty."""


class FamilyPages:
    """Pages by number. Page i depends only on the family, how many there are, the seed, and i."""

    def __init__(
        self, family: Family, pages: int, seed: int, ink: InkLibrary, backgrounds: Backgrounds | None = None
    ) -> None:
        """Deals the family's boxes out to so many pages; with backgrounds, real paper takes the place of print."""
        self.family, self.orders = family, plan(family, pages, seed)
        self._seed, self._ink, self._backgrounds = seed, ink, backgrounds
        self._key = (KEY, seed, pages, zlib.crc32(family.name.encode()))

    @property
    def settings(self) -> dict[str, Any]:
        """All that the pages depend on beside their number."""
        return {
            "family": self.family.name,
            "pages": len(self.orders),
            "seed": self._seed,
            "ink": self._ink.source,
            "backgrounds": self._backgrounds.source if self._backgrounds else "",
            "version": docmarks.__version__,
        }

    def __len__(self) -> int:
        """How many."""
        return len(self.orders)

    def name(self, index: int) -> str:
        """Family, seed and number."""
        return f"{self.family.name}-{self._seed}-{index:05d}"

    def __getitem__(self, index: int) -> MadePage:
        """Page ``index``.

        Raises:
            DocmarksError: The family orders more than fits on a page, or a background cannot be read.
        """
        if not 0 <= index < len(self.orders):
            raise IndexError(index)
        order = self.orders[index]
        for attempt in range(ATTEMPTS):
            rng = np.random.default_rng((*self._key, 1, index, attempt))
            try:
                return self._page(order, rng, sparse=attempt >= ATTEMPTS - SPARSE)
            except NoRoomError:
                continue
        raise DocmarksError(
            f"{self.name(index)}: {len(order.marks)} marks do not fit on a page; lower most or the counts of the family"
        )

    def _page(self, order: Order, rng: np.random.Generator, sparse: bool) -> MadePage:
        shared = np.random.default_rng((*self._key, 0, order.document))
        house = House.random(shared, self.family.eras)
        long_side, typed, faxed = int(shared.integers(*self.family.long_side)), shared.random(), shared.random()
        sheet = None
        if self._backgrounds is not None and not sparse:
            sheet = self._backgrounds.sheets[int(rng.integers(len(self._backgrounds.sheets)))]
            blank, squares, kept, places, dpi = self._paper(self._backgrounds, sheet, long_side)
        else:
            layout = house.layout() if sparse else EVERY_KIND[order.kind](rng, house)
            if faxed < self.family.faxed:
                fax_line(layout, house, rng)
            blank, squares, places, dpi = _printed(layout, order, long_side, rng)
            kept = ()
        image = blank.copy()
        desk = Desk(image, places, squares, rng, Writers(self._ink, house.seed), house.seed)
        for mark in kept:
            desk.paper.take(mark.box)
            left, top, right, bottom = (round(v) for v in mark.box)
            blank[max(0, top) : bottom, max(0, left) : right] = 255  # what is there is ink
        marks = [*kept, *desk.fulfil(order.marks)]
        if typed < self.family.typed:
            _type_in(desk, house)
        if rng.random() < 0.15:
            scrawl(image, desk.paper, rng)
        copier = Copier(self.family, house.again("scanner"), rng)
        image, marks = copier.copy(blank, image, marks)
        height, width = image.shape
        exhaustive = frozenset(LABELS) - UNSURE
        extra: dict[str, Any] = {"family": self.family.name, "kind": order.kind}
        if sheet is not None:
            exhaustive, extra["background"] = exhaustive & sheet.exhaustive, f"{sheet.file.name}:{sheet.number}"
        group = f"{self.family.name}-{self._seed}-{order.document}"
        return MadePage(image, Page(width, height, dpi, marks=tuple(marks)), group, exhaustive, extra)

    def _paper(
        self, backgrounds: Backgrounds, sheet: DatasetPage, long_side: int
    ) -> tuple[Grey, list[Mark], tuple[Mark, ...], list[Place], float]:
        """A real page: its blank squares are there to be filled, its other marks stay."""
        work = backgrounds.open(sheet, long_side)
        blank = [mark for mark in work.marks if mark.labels == (UNFILLED,) and not mark.ignore]
        kept = tuple(mark for mark in work.marks if mark not in blank)
        free = [place for place in work.places if all(_apart(place[1], mark.box) for mark in kept)]
        return work.pixels, blank, kept, free, 72 * long_side / POINTS_LONG_SIDE


class MixedPages:
    """The pages of several families, one after the other."""

    def __init__(
        self, mixture: Mixture, pages: int, seed: int, ink: InkLibrary, backgrounds: Backgrounds | None = None
    ) -> None:
        """So many pages in the mixture's proportions."""
        self._mixture, self._seed = mixture, seed
        shares = apportion({part.name: part.pages for part in mixture.parts}, pages)
        self.parts = [
            FamilyPages(Family.load(part.family).called(part.name), shares[part.name], seed, ink, backgrounds)
            for part in mixture.parts
            if shares[part.name]
        ]

    @property
    def settings(self) -> dict[str, Any]:
        """All that the pages depend on beside their number."""
        return {**self.parts[0].settings, "family": self._mixture.name, "pages": len(self)}

    def __len__(self) -> int:
        """Of all parts."""
        return sum(len(part) for part in self.parts)

    def name(self, index: int) -> str:
        """As its family names it."""
        part, local = self._find(index)
        return part.name(local)

    def __getitem__(self, index: int) -> MadePage:
        """Page ``index``, counted through."""
        part, local = self._find(index)
        return part[local]

    def _find(self, index: int) -> tuple[FamilyPages, int]:
        for part in self.parts:
            if 0 <= index < len(part):
                return part, index
            index -= len(part)
        raise IndexError(index)


def family_pages(
    name: str, pages: int, seed: int, ink: Path | None = None, backgrounds: Path | None = None
) -> FamilyPages | MixedPages:
    """The pages of a family or of a mixture of them, by name.

    Args:
        name: ``lease``, ``fcc``, ... ``all-docs``, or a YAML file of your own.
        pages: How many; the label counts go with it.
        seed: The same seed makes the same pages.
        ink: Folder of ink files; None takes a hand of our own.
        backgrounds: Folder of blank pages, or a data set of forms; None prints.

    Raises:
        DocmarksError: There is no such family or folder, or a file is broken.
    """
    library = InkLibrary.of(ink)
    paper = Backgrounds.load(backgrounds) if backgrounds else None
    if name in MIXTURES:
        return MixedPages(load_mixture(name), pages, seed, library, paper)
    return FamilyPages(Family.load(name), pages, seed, library, paper)


def _printed(
    layout: Layout, order: Order, long_side: int, rng: np.random.Generator
) -> tuple[Grey, list[Mark], list[Place], float]:
    """A page of print with no more squares than were ordered."""
    layout.keep_squares(sum(FILLED in joined or UNFILLED in joined for joined in order.marks), rng)
    share = max(layout.sheet.size) / POINTS_LONG_SIDE
    blank, scale = render(layout.sheet, round(long_side * share))
    squares = [Mark(_scaled(box, scale), (UNFILLED,)) for box in layout.checkboxes]
    return blank, squares, [(kind, _scaled(box, scale)) for kind, box in layout.places], scale * 72


def _type_in(desk: Desk, house: House) -> None:
    """Fills the fields that are left in by machine."""
    face = typeface(house.again("face"))
    for kind, (left, top, right, bottom) in desk.places:
        inside = right - left >= 20 and bottom - top >= 8 and right <= desk.paper.width and bottom <= desk.paper.height
        if kind not in ("signature", "initials") and inside and desk.paper.is_free((left, top, right, bottom), 2):
            if desk.rng.random() < 0.8:
                type_in(desk.page, kind, (left, top, right - left, bottom - top), face, desk.rng)


def _scaled(box: tuple[float, float, float, float], scale: float) -> tuple[float, float, float, float]:
    x, y, w, h = (v * scale for v in box)
    return x, y, x + w, y + h


def _apart(a: Sequence[float], b: Sequence[float]) -> bool:
    return a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
