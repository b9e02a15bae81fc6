"""A sheet that lies crooked: turns a page and its boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.marks import Mark


def skew(page: NDArray[np.uint8], marks: Sequence[Mark], degrees: float) -> tuple[NDArray[np.uint8], list[Mark]]:
    """Turns a page about its middle, counter-clockwise, and its boxes with it.

    A turned box becomes the upright box of the ellipse that filled it: ink seldom reaches a box's corners, so the
    upright box of the turned corners would be too large.

    Args:
        page: ``[H, W]``.
        marks: On the page; what is turned off the page is cut off.
        degrees: Small, as a sheet lies on a scanner.
    """
    height, width = page.shape
    turned = Image.fromarray(page).rotate(degrees, Image.Resampling.BILINEAR, fillcolor=255)
    angle = math.radians(degrees)
    c, s = math.cos(angle), math.sin(angle)
    moved = []
    for mark in marks:
        left, top, right, bottom = mark.box
        x, y = (left + right - width) / 2, (top + bottom - height) / 2
        a, b = (right - left) / 2, (bottom - top) / 2
        cx, cy = width / 2 + c * x + s * y, height / 2 - s * x + c * y
        half_x, half_y = math.hypot(a * c, b * s), math.hypot(a * s, b * c)
        box = (
            min(max(cx - half_x, 0.0), width),
            min(max(cy - half_y, 0.0), height),
            min(max(cx + half_x, 0.0), width),
            min(max(cy + half_y, 0.0), height),
        )
        moved.append(replace(mark, box=box))
    return np.asarray(turned), moved


def skewed_ink(ink: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """An ink map, ``[H, W]`` as ``legible.ink_of`` gives it, turned like its page; by the nearest pixel, for speed."""
    return np.asarray(Image.fromarray(ink).rotate(degrees))
