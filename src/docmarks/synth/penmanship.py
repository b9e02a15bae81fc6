"""A hand of our own: letter skeletons and cursive waves, for when no ink is given."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float32]

# Each character as strokes of (x, y) points in a box of 6 x 10, y down. Drawn for this project.
SKELETONS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "0": (((3, 0), (0.5, 2), (0, 5), (0.6, 8), (3, 10), (5.4, 8), (6, 5), (5.4, 2), (3, 0)),),
    "1": (((1.5, 2), (3.5, 0), (3.4, 10)),),
    "2": (((0.4, 2.2), (1.8, 0.2), (4.6, 0.4), (5.4, 2.8), (3.4, 6), (0.2, 10), (6, 9.6)),),
    "3": (((0.4, 1), (3, 0), (5.2, 1.8), (4.2, 4), (2.2, 4.8), (5, 5.6), (5.6, 8), (3, 10), (0.2, 9)),),
    "4": (((4, 0), (0, 6.6), (6, 6.4)), ((4.2, 4), (4, 10))),
    "5": (((5.4, 0), (1.2, 0.2), (0.8, 4.4), (3.6, 3.8), (5.8, 6.2), (4.4, 9.4), (1, 10), (0, 9)),),
    "6": (((4.8, 0.2), (1.6, 3), (0.2, 7), (2, 10), (5, 9), (5.4, 6.4), (3, 5.2), (0.6, 6.8)),),
    "7": (((0, 0.4), (5.8, 0), (3.4, 5), (2.2, 10)),),
    "8": (((5, 1.2), (2.6, 0), (0.8, 2), (3, 4.6), (5.6, 7.4), (3, 10), (0.4, 8), (2.6, 5), (5, 2.4), (5, 1.2)),),
    "9": (((5.2, 2.4), (3, 0.2), (0.6, 2), (1.4, 4.6), (4.4, 4.4), (5.4, 2), (5, 6), (3.6, 10)),),
    "A": (((0, 10), (3, 0), (6, 10)), ((1.2, 6.4), (5, 6.2))),
    "B": (
        ((0.4, 0), (0.4, 10)),
        ((0.2, 0.2), (4.2, 0.8), (4.2, 3.8), (0.6, 4.8), (5.4, 6), (5, 9.2), (0.2, 10)),
    ),
    "C": (((5.6, 1.6), (3.4, 0), (0.6, 2.6), (0.2, 6.4), (2.4, 10), (5.8, 8.6)),),
    "D": (((0.4, 0), (0.4, 10)), ((0.2, 0), (4.2, 1), (6, 5), (4, 9.2), (0.2, 10))),
    "E": (((5.4, 0.2), (0.6, 0.4), (0.4, 10), (5.6, 9.6)), ((0.6, 4.8), (4.2, 4.6))),
    "F": (((5.8, 0), (0.8, 0.4), (0.4, 10)), ((0.6, 4.8), (4.4, 4.4))),
    "G": (((5.4, 1.6), (3, 0), (0.4, 3), (0.6, 8), (3.4, 10), (5.6, 8), (5.6, 5.6), (3.4, 5.6)),),
    "H": (((0.6, 0), (0.4, 10)), ((5.6, 0), (5.4, 10)), ((0.4, 5), (5.6, 4.6))),
    "I": (((3.2, 0), (2.8, 10)),),
    "J": (((4.6, 0), (4.4, 7.6), (2.6, 10), (0.4, 8.2)),),
    "K": (((0.6, 0), (0.4, 10)), ((5.4, 0), (0.8, 5.4), (5.8, 10))),
    "L": (((0.8, 0), (0.4, 9.8), (5.6, 9.4)),),
    "M": (((0.2, 10), (0.8, 0), (3, 6.4), (5.2, 0), (6, 10)),),
    "N": (((0.4, 10), (0.6, 0), (5.2, 9.8), (5.6, 0)),),
    "O": (((3, 0), (0.4, 2.4), (0.4, 7.4), (3, 10), (5.8, 7.4), (5.6, 2.4), (3, 0)),),
    "P": (((0.6, 10), (0.6, 0.2), (4.8, 0.6), (5.2, 3.8), (0.8, 5.2)),),
    "R": (((0.6, 10), (0.6, 0.2), (4.8, 0.8), (4.8, 4), (0.8, 5), (5.8, 10)),),
    "S": (((5.2, 1.2), (2.6, 0), (0.6, 2.2), (3, 4.6), (5.6, 7.2), (3.2, 10), (0.2, 8.8)),),
    "T": (((0, 0.4), (6, 0)), ((3.2, 0.2), (2.8, 10))),
    "V": (((0.2, 0), (3, 10), (6, 0)),),
    "W": (((0, 0), (1.4, 10), (3, 3.4), (4.6, 10), (6, 0)),),
}

# What a cursive word is made of: the way of the pen from one letter to the next, in units of a small letter's height.
ARCH = ((0.0, 0.0), (0.1, -0.9), (0.35, -1.0), (0.5, -0.4), (0.55, 0.0))
CUP = ((0.0, 0.0), (0.05, -0.9), (0.12, -0.2), (0.35, 0.05), (0.5, -0.8), (0.55, 0.0))
ROUND = ((0.0, -0.2), (0.4, -1.0), (0.05, -0.7), (0.1, 0.0), (0.45, -0.2), (0.5, -0.9), (0.6, 0.0))
LOOP_UP = ((0.0, -0.1), (0.35, -1.4), (0.3, -2.1), (0.12, -1.9), (0.15, -0.2), (0.5, 0.0))
LOOP_DOWN = ((0.0, -0.2), (0.3, -0.9), (0.4, 0.2), (0.3, 1.1), (0.05, 0.9), (0.4, 0.1), (0.6, -0.1))
EYE = ((0.0, -0.1), (0.35, -0.5), (0.28, -0.95), (0.08, -0.6), (0.2, 0.0), (0.5, -0.1))
LETTERS = (ARCH, ARCH, CUP, CUP, ROUND, ROUND, LOOP_UP, LOOP_DOWN, EYE, EYE)


def smooth(points: Sequence[tuple[float, float]] | NDArray[np.float64], steps: int = 5) -> NDArray[np.float64]:
    """A Catmull-Rom spline through the points: ``[n, 2]`` to ``[(n - 1) * steps + 1, 2]``."""
    p = np.asarray(points, np.float64)
    if len(p) < 3:
        return p
    p = np.vstack((2 * p[0] - p[1], p, 2 * p[-1] - p[-2]))
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        parts.append(b + t * ((c - a) / 2 + t * ((a - 2.5 * b + 2 * c - d / 2) + t * (1.5 * (b - c) + (d - a) / 2))))
    return np.vstack((*parts, p[-2]))


def with_pressure(points: NDArray[np.float64]) -> Stroke:
    """Adds pressure: light where the pen sets down and leaves, and where it is quick."""
    n = len(points)
    speed = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    ends = np.minimum(1, np.minimum(np.arange(n) + 1, np.arange(n)[::-1] + 1) / 4)
    pressure = ends * (1 - 0.5 * speed / max(speed.max(), 1e-6))
    return np.column_stack((points, pressure)).astype(np.float32)


def skeleton(character: str) -> list[Stroke]:
    """The strokes of a digit or capital."""
    return [with_pressure(smooth(stroke)) for stroke in SKELETONS[character]]


def builtin_words(count: int, seed: int, capital: bool) -> list[list[Stroke]]:
    """Cursive words, each a list of strokes; with a large first letter and a flourish, signatures."""
    rng = np.random.default_rng(seed)
    return [_word(rng, capital) for _ in range(count)]


def _word(rng: np.random.Generator, capital: bool) -> list[Stroke]:
    strokes: list[NDArray[np.float64]] = []
    x, slant, squeeze = 0.0, rng.uniform(-0.1, 0.5), rng.uniform(0.7, 1.3)
    if capital:
        letter = rng.choice(list("ABCDEGHJKLMNPRSTW"))
        size = rng.uniform(0.22, 0.4)
        strokes.extend(smooth(part) * size - np.array([0, 10 * size]) for part in SKELETONS[letter])
        x = 6 * size + 0.1
    path: list[NDArray[np.float64]] = []
    for _ in range(int(rng.integers(2, 9))):
        unit = np.array(LETTERS[int(rng.integers(len(LETTERS)))]) + rng.normal(0, 0.06, (1, 2))
        unit = unit * np.array([squeeze, rng.uniform(0.8, 1.2)]) + np.array([x, 0])
        path.append(unit)
        x = unit[-1, 0] + rng.uniform(0.0, 0.2)
        if rng.random() < 0.15:
            strokes.append(smooth(np.vstack(path)))
            path = []
    if path:
        strokes.append(smooth(np.vstack(path)))
    if capital and rng.random() < 0.5:
        tail = np.array([(x, 0), (x + 0.5, 0.5), (x * 0.5, 0.7), (-0.2, rng.uniform(0.2, 0.9)), (x * 0.8, 0.4)])
        strokes.append(smooth(tail))
    shear = np.array([[1, 0], [-slant, 1]])
    return [with_pressure(stroke @ shear) for stroke in strokes]
