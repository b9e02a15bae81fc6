"""What the pages of one document have in common: the machine they were printed on, the firm, its people."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from docmarks.synth.printed.layout import Layout
from docmarks.synth.printed.typeset import Sheet, typed
from docmarks.synth.texts import people, words

ERAS: dict[str, tuple[str, ...]] = {
    "typewriter": ("Courier",),
    "laser": ("Times-Roman", "Helvetica", "Times-Roman", "Courier"),
    "modern": ("Helvetica", "Helvetica", "Times-Roman"),
}
"""The fonts in which offices wrote, by what they wrote with."""

CHARACTERS = " abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;-$"


@dataclass(frozen=True)
class House:
    """Where a document comes from.

    Attributes:
        seed: Whatever is to be the same on all its pages is drawn from it.
        era: One of ``ERAS``.
        font: Of its running text.
        size: Of its running text, in points.
    """

    seed: int
    era: str
    font: str
    size: float

    @classmethod
    def random(cls, rng: np.random.Generator, eras: Mapping[str, float]) -> House:
        """A house of one of the eras, each with its chance."""
        names, chances = list(eras), np.array(list(eras.values()))
        era = names[int(rng.choice(len(names), p=chances / chances.sum()))]
        font = words.pick(rng, ERAS[era])
        size = float(rng.uniform(10.5, 12) if era == "typewriter" else rng.uniform(8.5, 11.5))
        return cls(int(rng.integers(2**31)), era, font, size)

    def again(self, what: str) -> np.random.Generator:
        """A generator that begins anew at every call: the same letterhead, logo or list of people on each page."""
        return np.random.default_rng((self.seed, zlib.crc32(what.encode())))

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Names of those whom the document is about."""
        rng = self.again("people")
        return tuple(people.name(rng) for _ in range(4))

    def person(self, rng: np.random.Generator) -> str:
        """One of its people."""
        return words.pick(rng, self.people)

    def layout(self, size: tuple[float, float] | None = None) -> Layout:
        """An empty page; a typewriter's types stand a little too high or too low, each always alike."""
        sheet = Sheet(size) if size else Sheet()
        if self.era == "typewriter":
            rng = self.again("types")
            worn = float(rng.uniform(0.1, 0.55))
            rises, greys = rng.normal(0, worn, len(CHARACTERS)), rng.uniform(0, 0.2, len(CHARACTERS))
            sheet.types = {c: typed(c, *at) for c, *at in zip(CHARACTERS, rises, greys, strict=True)}
        return Layout(sheet)
