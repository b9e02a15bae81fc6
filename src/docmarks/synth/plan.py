"""What is to be on each page of a corpus, dealt out before the first is made, so that the counts are exact."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmarks.labels.counts import JOIN
from docmarks.synth.family import Family, apportion


@dataclass(frozen=True)
class Order:
    """A page that is to be made.

    Attributes:
        document: Number of its document; all its pages share letterhead, people and scanner.
        kind: What is printed on it.
        marks: Joined labels of its boxes.
    """

    document: int
    kind: str
    marks: tuple[str, ...]


def plan(family: Family, pages: int, seed: int) -> tuple[Order, ...]:
    """The orders of all pages.

    Boxes of ``family.pages`` pages are ``family.counts`` exactly; of another number of pages, in proportion by the
    largest remainder.
    """
    rng = np.random.default_rng((seed, zlib.crc32(family.name.encode()), pages))
    documents = _documents(family, pages, rng)
    first = np.diff(documents, prepend=-1) > 0
    kinds = np.where(first, _draw(family.first, pages, rng), _draw(family.later, pages, rng))
    dealer = Dealer(family, kinds, rng)
    total = round(sum(family.counts.values()) * pages / family.pages)
    wanted = apportion(family.counts, total)
    # What draws other labels to its page comes first, what is rare and may go anywhere last.
    for joined in sorted(wanted, key=lambda name: (bool(family.rule(name).beside), -family.counts[name], name)):
        dealer.deal(joined, wanted[joined])
    marks = dealer.marks
    return tuple(
        Order(int(documents[i]), str(kinds[i]), tuple(sorted(marks[i].elements()))) for i in range(pages)
    )  # fmt: skip


def _documents(family: Family, pages: int, rng: np.random.Generator) -> NDArray[np.int64]:
    lengths = list(family.documents)
    chances = np.array(list(family.documents.values()))
    drawn = rng.choice(lengths, pages, p=chances / chances.sum())
    return np.repeat(np.arange(pages), drawn)[:pages]


def _draw(weights: Mapping[str, float], count: int, rng: np.random.Generator) -> NDArray[np.str_]:
    chances = np.array(list(weights.values()))
    return rng.choice(np.array(list(weights)), count, p=chances / chances.sum())


class Dealer:
    """Deals boxes to pages."""

    def __init__(self, family: Family, kinds: NDArray[np.str_], rng: np.random.Generator) -> None:
        """``kinds`` of the pages."""
        self.marks: list[Counter[str]] = [Counter() for _ in kinds]
        self._family, self._kinds, self._rng = family, kinds, rng
        self._written = rng.random(len(kinds)) >= family.bare
        if not self._written.any():
            self._written[0] = True
        self._total = np.zeros(len(kinds), np.int64)
        self._labels: dict[str, NDArray[np.int64]] = {}
        self._appetite: dict[str, NDArray[np.float64]] = {}

    def deal(self, joined: str, count: int) -> None:
        """Deals ``count`` boxes of a combination."""
        rule = self._family.rule(joined)
        labels = [self._labels.setdefault(name, np.zeros(len(self._kinds), np.int64)) for name in joined.split(JOIN)]
        key = self._family.rule_name(joined)  # combinations under one rule come to the same pages
        if key not in self._appetite:
            on = np.ones(len(self._kinds))
            if rule.kinds:
                on = np.array([rule.kinds.get(str(kind), 0.0) for kind in self._kinds])
            self._appetite[key] = on * self._rng.gamma(rule.spread, 1 / rule.spread, len(self._kinds)) + 1e-9 * on
        clump = np.cumsum(np.array(rule.clump[:-1]) / sum(rule.clump))
        while count:
            size = min(count, 1 + int(clump.searchsorted(self._rng.random(), side="right")))
            page = self._page(self._appetite[key], rule.beside, labels[0], rule.most, size)
            self.marks[page][joined] += size
            self._total[page] += size
            for label in labels:
                label[page] += size
            count -= size

    def _page(
        self, appetite: NDArray[np.float64], beside: Mapping[str, float], own: NDArray[np.int64], most: int, size: int
    ) -> int:
        """A page with room for ``size`` more; rather one that wants them, else any."""
        room = self._written & (self._total + size <= self._family.most) & (own + size <= most)
        weights = appetite * room
        if beside:
            others = sum(self._labels.get(name, 0) * weight for name, weight in beside.items())
            weights = weights * np.maximum(others - own, 0.02)
        page = self._drawn(weights)
        if page is None:
            page = self._drawn(room)
        if page is None:
            page = self._drawn(self._written / (1.0 + self._total) ** 4)
        assert page is not None, "no page is written on"
        return page

    def _drawn(self, weights: NDArray[np.float64] | NDArray[np.bool_]) -> int | None:
        """One of the pages by its weight; none if none has any."""
        ends = np.cumsum(weights, dtype=np.float64)
        if ends[-1] <= 0:
            return None
        at = min(self._rng.random() * ends[-1], np.nextafter(ends[-1], 0))
        return int(ends.searchsorted(at, side="right"))
