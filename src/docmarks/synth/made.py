"""What every corpus from nothing is: numbered pages, each made when asked for, always the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Page
from docmarks.synth.page import SyntheticPages

GENERAL_STEP = 1_000_000
"""Page i of the general mix with seed s has the seed s * GENERAL_STEP + i."""


@dataclass(frozen=True)
class MadePage:
    """One page.

    Attributes:
        pixels: Grey, ``[H, W]``.
        page: Its size and marks.
        group: Pages of one document share it.
        exhaustive: Labels that are complete on it.
        extra: What else its record says.
    """

    pixels: NDArray[np.uint8]
    page: Page
    group: str
    exhaustive: frozenset[str]
    extra: Mapping[str, Any] = field(default_factory=dict)


class MadePages(Protocol):
    """Pages by number; page i depends on nothing but ``settings`` and i."""

    @property
    def settings(self) -> dict[str, Any]:
        """All that the pages depend on beside their number, fit for JSON."""

    def __len__(self) -> int:
        """How many."""

    def name(self, index: int) -> str:
        """Of the page's file, without its ending."""

    def __getitem__(self, index: int) -> MadePage:
        """Page ``index``."""


class GeneralPages:
    """The general mix, every page a document of its own."""

    def __init__(self, pages: SyntheticPages, count: int, seed: int) -> None:
        """``count`` pages; more of them with the same seed go on where fewer end."""
        self._pages, self._count, self._seed = pages, count, seed

    @property
    def settings(self) -> dict[str, Any]:
        """All that the pages depend on beside their number."""
        return {"seed": self._seed, **self._pages.settings}

    def __len__(self) -> int:
        """How many."""
        return self._count

    def name(self, index: int) -> str:
        """Seed and number."""
        return f"{self._seed}-{index:05d}"

    def __getitem__(self, index: int) -> MadePage:
        """Page ``index``."""
        pixels, page = self._pages(self._seed * GENERAL_STEP + index)
        return MadePage(pixels, page, f"{self._seed}-{index}", self._pages.exhaustive)
