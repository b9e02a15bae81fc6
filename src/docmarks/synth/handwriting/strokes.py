"""Ink as strokes: the form in which handwriting is kept, and what bends it a little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float32]
"""``[n, 3]``: x and y (down), pressure in 0..1."""

LONGEST = 20.0
"""Ink is at most so many times as long as it is high."""


@dataclass(frozen=True)
class Ink:
    """One written thing, a unit high.

    Attributes:
        strokes: From pen down to pen up.
        text: What it says, where known.
    """

    strokes: tuple[Stroke, ...]
    text: str = ""

    @property
    def width(self) -> float:
        """Against a height of 1."""
        return max(float(stroke[:, 0].max()) for stroke in self.strokes)

    def bent(self, rng: np.random.Generator, strength: float = 0.05) -> Ink:
        """The same as another day's hand would write it.

        The plane is displaced by a slow wave along x and one along y, so strokes that touch stay together.

        Args:
            rng: Chooses the waves.
            strength: Their height, against the ink's.
        """
        heights = rng.uniform(-strength, strength, 4)
        lengths, phases = rng.uniform(0.7, 3.0, 4), rng.uniform(0, 2 * np.pi, 4)
        drift = float(rng.normal(0, 0.02))

        def bend(stroke: Stroke) -> Stroke:
            x, y, pressure = stroke.T
            turns = np.stack((y, x, x, y)) / lengths[:, None] * 2 * np.pi + phases[:, None]  # [4, n]
            wave = heights[:, None] * np.sin(turns)
            return np.column_stack((x + wave[0] + wave[1], y + wave[2] + wave[3] + drift * x, pressure))

        return upright([bend(stroke) for stroke in self.strokes], self.text)


def upright(strokes: Sequence[Stroke], text: str = "") -> Ink:
    """Strokes moved to the origin and scaled to a height of 1, or less where they are very long."""
    every = np.concatenate(list(strokes))
    low, high = every[:, :2].min(axis=0), every[:, :2].max(axis=0)
    scale = 1 / max(float(high[1] - low[1]), 1e-3, float(high[0] - low[0]) / LONGEST)
    moved = [np.column_stack(((stroke[:, :2] - low) * scale, stroke[:, 2])).astype(np.float32) for stroke in strokes]
    return Ink(tuple(moved), text)


def row(parts: Sequence[Ink], rng: np.random.Generator, gap: tuple[float, float]) -> Ink:
    """Several written things one after the other, ``gap`` (least and most) heights apart."""
    strokes: list[Stroke] = []
    x = 0.0
    for part in parts:
        at = np.array([x, float(rng.normal(0, 0.05)), 0], np.float32)
        strokes.extend(stroke + at for stroke in part.strokes)
        x += part.width + float(rng.uniform(*gap))
    return upright(strokes, " ".join(part.text for part in parts))
