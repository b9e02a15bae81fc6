"""How crooked a page lies: the angle at which the upper edges of its lines fall together (Postl 1986)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Edges = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Row and column of each."""

EDGE = 40
"""So much darker than two pixels above is the upper edge of something: of letters, rules and boxes alike."""

EDGES = 3000
"""Edge pixels that are looked at: more find the same angle."""

FEWEST = 200
"""With fewer a page says nothing."""

WIDEST, COARSE, FINE = 12, 1.0, 0.25
"""Degrees: to either side, and from angle to angle, first over all of them, then around the best."""

GAIN = 1.5
"""By this factor the edges must fall together better than on the page as it lies."""

LEAST = 2.0
"""Degrees: what is less is left, since detectors learn from pages that lie a little crooked."""


def skew_of(grey: NDArray[np.uint8]) -> float:
    """Degrees, counter-clockwise, by which to turn a page ``[h, w]`` so that its lines are level; 0 if nearly level."""
    # Every other column has edges enough; in whole numbers that can be negative.
    page = grey[:, ::2].astype(np.int16)
    y, x = np.nonzero(page[:-2] - page[2:] > EDGE)
    if len(y) < FEWEST:
        return 0.0
    some = np.linspace(0, len(y) - 1, min(EDGES, len(y))).astype(np.intp)
    at: Edges = y[some].astype(np.float32), 2 * x[some].astype(np.float32)
    coarse = _best(at, np.arange(-WIDEST, WIDEST + COARSE, COARSE).tolist())
    angle = _best(at, np.arange(coarse - COARSE, coarse + COARSE + FINE, FINE).tolist())
    # At the end of what is tried, the true angle would lie beyond: lines of a drawing.
    if not LEAST <= abs(angle) < WIDEST or _together(at, angle) < GAIN * _together(at, 0.0):
        return 0.0
    return angle


def _best(edges: Edges, angles: list[float]) -> float:
    return max(angles, key=lambda angle: _together(edges, angle))


def _together(edges: Edges, degrees: float) -> float:
    """The sum of the squares of the edges in each row, after so much of a turn; 1 where they are spread evenly."""
    y, x = edges
    rows = y - x * np.float32(np.tan(np.deg2rad(degrees)))
    counts = np.bincount((rows - rows.min()).astype(np.intp))
    return float(np.square(counts, dtype=np.float64).sum()) * len(counts) / len(y) ** 2
