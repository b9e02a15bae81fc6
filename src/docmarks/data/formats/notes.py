"""What a conversion has to tell: nothing is lost without a word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator


class Notes:
    """Things that were left out or changed: each named once, counted, with the first place where it occurred."""

    def __init__(self) -> None:
        """Nothing to tell yet."""
        self._counts: Counter[str] = Counter()
        self._first: dict[str, str] = {}

    def add(self, told: str, where: str = "", count: int = 1) -> None:
        """One more of a kind.

        Args:
            told: What, in the plural, and what became of it: "rotated boxes (their upright bounding box taken)".
            where: The file or record.
            count: How many more.
        """
        if count:
            self._counts[told] += count
            self._first.setdefault(told, where)

    def __iter__(self) -> Iterator[str]:
        """A line each, in the order in which they first occurred."""
        for told, count in self._counts.items():
            first = self._first[told]
            yield f"{count} {told}" + (f", first: {first}" if first else "")

    def __len__(self) -> int:
        """How many kinds of things."""
        return len(self._counts)

    def count(self, told: str) -> int:
        """How many of a kind."""
        return self._counts[told]

    def drop(self, told: str) -> None:
        """Takes a kind back: it was seen to."""
        self._counts.pop(told, None)

    @property
    def counts(self) -> dict[str, int]:
        """All kinds with their counts."""
        return dict(self._counts)
