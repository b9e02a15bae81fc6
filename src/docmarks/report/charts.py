"""Small line charts as inline SVG; a style sheet gives them their colours, so that they fit light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

Float = NDArray[np.float64]

WIDTH, HEIGHT = 200, 140
LEFT, RIGHT, TOP, BOTTOM = 26, 6, 8, 30
POINTS = 160
"""A line has at most so many points."""


def unit_chart(
    x: Float, y: Float, x_name: str, y_name: str, title: str, marks: Sequence[tuple[float, float, str]] = ()
) -> Markup:
    """A line in the unit square.

    Args:
        x: ``[N]`` in 0..1.
        y: ``[N]`` in 0..1.
        x_name: Of the axis.
        y_name: Of the axis.
        title: What the chart says, for those who cannot see it.
        marks: (x, y, what it is) of points on it.
    """
    keep = np.unique(np.linspace(0, max(len(x) - 1, 0), min(len(x), POINTS)).round().astype(int))
    line = " ".join(f"{_x(x[i]):.1f},{_y(y[i]):.1f}" for i in keep)
    grid = [
        Markup('<path class="grid" d="M{0:.1f} {1}V{2}M{3} {4:.1f}H{5}"/>').format(
            _x(v), TOP, HEIGHT - BOTTOM, LEFT, _y(v), WIDTH - RIGHT
        )
        for v in (0.0, 0.5, 1.0)
    ]
    ticks = [
        Markup('<text x="{0:.1f}" y="{1}" text-anchor="middle">{2:g}</text>').format(_x(v), HEIGHT - BOTTOM + 12, v)
        for v in (0.0, 0.5, 1.0)
    ] + [
        Markup('<text x="{0}" y="{1:.1f}" text-anchor="end">{2:g}</text>').format(LEFT - 4, _y(v) + 3, v)
        for v in (0.0, 0.5, 1.0)
    ]
    dots = [
        Markup('<circle cx="{0:.1f}" cy="{1:.1f}" r="3.5"><title>{2}</title></circle>').format(_x(a), _y(b), what)
        for a, b, what in marks
    ]
    names = Markup('<text class="name" x="{0}" y="{1}" text-anchor="middle">{2}</text>').format(
        (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 4, f"{y_name} by {x_name}"
    )
    return Markup(
        '<svg class="chart" viewBox="0 0 {0} {1}" role="img" aria-label="{2}">{3}'
        '<polyline points="{4}"/>{5}{6}{7}</svg>'
    ).format(WIDTH, HEIGHT, title, Markup("").join(grid), line, Markup("").join(ticks), names, Markup("").join(dots))


def _x(value: float) -> float:
    return LEFT + float(value) * (WIDTH - LEFT - RIGHT)


def _y(value: float) -> float:
    return TOP + (1 - float(value)) * (HEIGHT - TOP - BOTTOM)
