"""The colour of a table's cell: linear between the table's least and greatest value, for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

LOW, HIGH = (250, 208, 196), (178, 223, 190)
"""A pale red and a pale green, both light enough for black text."""


@dataclass(frozen=True)
class Shades:
    """Colours between two values.

    Attributes:
        least: Has the colour LOW.
        most: Has the colour HIGH.
    """

    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Shades:
        """Of a table's values; nan has no colour and does not count."""
        known = [value for value in values if not np.isnan(value)]
        return cls(min(known, default=0.0), max(known, default=0.0))

    def rgb(self, value: float) -> tuple[int, int, int]:
        """Red, green and blue in 0..255. Where all values are equal they have the colour HIGH."""
        share = (value - self.least) / (self.most - self.least) if self.most > self.least else 1.0
        red, green, blue = (round(a + (b - a) * share) for a, b in zip(LOW, HIGH, strict=True))
        return red, green, blue

    def rich(self, value: float, text: str) -> str:
        """The text with the colour behind it, in rich's markup; as it is for nan."""
        return text if np.isnan(value) else "[black on rgb({},{},{})]{}[/]".format(*self.rgb(value), text)
