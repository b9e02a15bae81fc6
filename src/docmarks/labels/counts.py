"""Combinations of labels as one word."""

from __future__ import annotations

from collections.abc import Iterable

JOIN = "-"


def joined(labels: Iterable[str]) -> str:
    """A combination of labels, written as its sorted labels joined by "-"."""
    return JOIN.join(sorted(labels))
