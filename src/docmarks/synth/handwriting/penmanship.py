"""How a pen moves: from the corners of a letter to a line drawn by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.synth.handwriting.strokes import Stroke

Points = NDArray[np.float64]


def smooth(points: Sequence[tuple[float, float]] | Points, steps: int = 5) -> Points:
    """A Catmull-Rom spline through the points: ``[n, 2]`` to ``[(n - 1) * steps + 1, 2]``."""
    p = np.asarray(points, np.float64)
    if len(p) < 3:
        return p
    p = np.vstack((2 * p[0] - p[1], p, 2 * p[-1] - p[-2]))
    a, b, c, d = p[:-3, None], p[1:-2, None], p[2:-1, None], p[3:, None]  # [n - 1, 1, 2]
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]  # [steps, 1]
    curve = b + t * ((c - a) / 2 + t * ((a - 2.5 * b + 2 * c - d / 2) + t * (1.5 * (b - c) + (d - a) / 2)))
    return np.vstack((curve.reshape(-1, 2), p[-2]))


def with_pressure(points: Points) -> Stroke:
    """Adds pressure: light where the pen sets down and leaves, and where it is quick."""
    n = len(points)
    speed = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    ends = np.minimum(1, np.minimum(np.arange(n) + 1, np.arange(n)[::-1] + 1) / 4)
    pressure = ends * (1 - 0.5 * speed / max(speed.max(), 1e-6))
    return np.column_stack((points, pressure)).astype(np.float32)
