"""Seen at an angle, fed too fast, laid crooked: moves a page's pixels and its boxes by one matrix."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.marks import Box, Mark

Pixels = NDArray[np.uint8]
Matrix = NDArray[np.float64]
"""``[3, 3]``, maps (x, y, 1) on the page to where it is seen, up to the third number; x and y in pixels, whole
numbers at pixel edges."""

INK = 40
"""How much darker than the paper ink must be to say where a box ends."""


def about(matrix: Matrix, width: int, height: int) -> Matrix:
    """The matrix, made for coordinates around the middle, for those of a page of this size."""
    return np.asarray(shifted(width / 2, height / 2) @ matrix @ shifted(-width / 2, -height / 2))


def shifted(x: float, y: float) -> Matrix:
    """By so many pixels to the right and down."""
    return np.array([[1, 0, x], [0, 1, y], [0, 0, 1.0]])


def turned(degrees: float) -> Matrix:
    """Counter-clockwise about the origin, as seen (y points down)."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])


def stretched(x: float, y: float) -> Matrix:
    """By two factors."""
    return np.diag([x, y, 1.0])


def slanted(x: float) -> Matrix:
    """Writing that leans: ``x`` pixels to the left for each pixel down."""
    return np.array([[1, -x, 0], [0, 1, 0], [0, 0, 1.0]])


def tilted(x: float, y: float) -> Matrix:
    """Looked at from the side: what lies at (u, v) is seen as if ``1 + x * u + y * v`` times as far away."""
    return np.array([[1, 0, 0], [0, 1, 0], [x, y, 1]])


def moved(points: NDArray[np.float64], matrix: Matrix) -> NDArray[np.float64]:
    """Points ``[N, 2]`` to where they are seen ``[N, 2]``."""
    seen = np.column_stack((points, np.ones(len(points)))) @ matrix.T
    return np.asarray(seen[:, :2] / seen[:, 2:])


def warp(
    page: Pixels, marks: Sequence[Mark], matrix: Matrix, around: int = 255
) -> tuple[Pixels, list[Mark], list[float]]:
    """The page as it is seen through ``matrix``, the marks on it, and the share of each one's box that is on it still.

    What is moved off the page is cut off.

    A mark's box stays tight around its ink: it is the upright box of where the ink's outermost pixels go. Where no
    ink reaches a box's sides (a white-out, a faint pencil) it is that of the ellipse that fills it.

    Args:
        page: ``[H, W]`` or ``[H, W, 3]``.
        marks: On the page.
        matrix: Of coordinates on the page.
        around: Grey of what comes in from outside.
    """
    height, width = page.shape[:2]
    back = np.linalg.inv(matrix)
    image = Image.fromarray(page)
    seen = image.transform(
        image.size,
        Image.Transform.PERSPECTIVE,
        tuple((back / back[2, 2]).ravel()[:8]),
        Image.Resampling.BILINEAR,
        fillcolor=around if page.ndim == 2 else (around,) * 3,
    )
    grey = page if page.ndim == 2 else page.min(axis=2)
    paper = float(np.percentile(grey[::7, ::7], 80))
    boxes = [moved(outline(grey, mark.box, paper - INK), matrix) for mark in marks]
    limit = np.array([width, height], np.float64)
    found, shares = [], []
    for mark, points in zip(marks, boxes, strict=True):
        ends = np.stack((points.min(axis=0), points.max(axis=0)))
        low, high = inside = np.clip(ends, 0, limit)
        found.append(replace(mark, box=(float(low[0]), float(low[1]), float(high[0]), float(high[1]))))
        shares.append(float(np.prod(np.diff(inside, axis=0)) / max(np.prod(np.diff(ends, axis=0)), 1e-6)))
    return np.asarray(seen), found, shares


def outline(grey: Pixels, box: Box, level: float) -> NDArray[np.float64]:
    """Points ``[N, 2]`` that any straight view keeps outermost: the corners of the ink's ends on every row."""
    left, top, right, bottom = box
    x0, y0 = max(0, math.floor(left)), max(0, math.floor(top))
    dark = grey[y0 : math.ceil(bottom), x0 : math.ceil(right)] < level
    rows = np.flatnonzero(dark.any(axis=1)) if dark.size else np.zeros(0, np.int64)
    if len(rows):
        first = dark[rows].argmax(axis=1)
        last = dark.shape[1] - dark[rows, ::-1].argmax(axis=1)
        x = np.clip(np.concatenate((first, first, last, last)) + x0, left, right)
        y = np.clip(np.concatenate((rows, rows + 1, rows, rows + 1)) + y0, top, bottom)
        slack = (max(2.0, 0.1 * (right - left)), max(2.0, 0.1 * (bottom - top)))
        gaps = (x.min() - left, right - x.max(), y.min() - top, bottom - y.max())
        if max(gaps[:2]) <= slack[0] and max(gaps[2:]) <= slack[1]:
            return np.column_stack((x, y))
    angle = np.linspace(0, 2 * math.pi, 32, endpoint=False)
    middle, half = ((left + right) / 2, (top + bottom) / 2), ((right - left) / 2, (bottom - top) / 2)
    return np.column_stack((middle[0] + half[0] * np.cos(angle), middle[1] + half[1] * np.sin(angle)))
