"""A real page as training sees it, and which one comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmarks.data.dataset import DatasetPage


@dataclass(frozen=True)
class SourcePage:
    """One real page.

    Attributes:
        page: Image and marks, in source labels.
        known: The target labels that are fully annotated on it.
        weight: How often it is drawn.
    """

    page: DatasetPage
    known: frozenset[str]
    weight: float = 1.0

    @property
    def fields(self) -> list[dict[str, object]]:
        """The places of a blank form to write on: dicts of ``kind`` and ``bbox`` (x, y, w, h in page pixels)."""
        return list(self.page.extra.get("fields", ()))

    @property
    def is_upright(self) -> bool:
        """Whether it is at least as high as it is wide."""
        return self.page.page.height >= self.page.page.width


class Draw:
    """Pages to draw from, each by its weight; on request upright ones or lying ones alone."""

    def __init__(self, pages: Sequence[SourcePage]) -> None:
        """Keeps the pages in their order."""
        self.pages = list(pages)
        weights = np.array([source.weight for source in pages], dtype=np.float64)
        upright = np.array([source.is_upright for source in pages], dtype=bool)
        self._chances = {None: weights, True: weights * upright, False: weights * ~upright}

    def __len__(self) -> int:
        """How many."""
        return len(self.pages)

    def __iter__(self) -> Iterator[SourcePage]:
        """All of them."""
        return iter(self.pages)

    def weight(self, upright: bool | None = None) -> float:
        """Of all such pages."""
        return float(self._chances[upright].sum())

    def __call__(self, rng: np.random.Generator, upright: bool | None = None) -> SourcePage:
        """One of them."""
        chances: NDArray[np.float64] = self._chances[upright]
        return self.pages[int(rng.choice(len(self.pages), p=chances / chances.sum()))]
