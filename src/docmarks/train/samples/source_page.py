"""A real page as training sees it, and which one comes next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

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


class Drawable(Protocol):
    """A page, or a place on one."""

    @property
    def weight(self) -> float:
        """How often it is drawn."""

    @property
    def is_upright(self) -> bool:
        """Of the page."""


D = TypeVar("D", bound=Drawable)


class Draw(Generic[D]):
    """Pages, or places on them, to draw from, each by its weight; on request of upright or lying pages alone."""

    def __init__(self, items: Sequence[D]) -> None:
        """Keeps them in their order."""
        self.items = list(items)
        weights = np.array([item.weight for item in items], dtype=np.float64)
        upright = np.array([item.is_upright for item in items], dtype=bool)
        self._chances = {None: weights, True: weights * upright, False: weights * ~upright}

    def __len__(self) -> int:
        """How many."""
        return len(self.items)

    def __iter__(self) -> Iterator[D]:
        """All of them."""
        return iter(self.items)

    def weight(self, upright: bool | None = None) -> float:
        """Of all such."""
        return float(self._chances[upright].sum())

    def __call__(self, rng: np.random.Generator, upright: bool | None = None) -> D:
        """One of them."""
        chances: NDArray[np.float64] = self._chances[upright]
        return self.items[int(rng.choice(len(self.items), p=chances / chances.sum()))]
