"""Who watches a training run: a progress bar, or a test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

T = TypeVar("T")


class Watch(Protocol):
    """Is told how far a run has come."""

    def __call__(self, step: int, loss: float) -> None:
        """The steps done, and the loss of the last."""

    def pages(self, pages: Sequence[T]) -> Iterable[T]:
        """The same pages, which are being measured on."""


class Unwatched:
    """Nobody watches."""

    def __call__(self, step: int, loss: float) -> None:
        """Nothing to show."""

    def pages(self, pages: Sequence[T]) -> Iterable[T]:
        """The same pages."""
        return pages
