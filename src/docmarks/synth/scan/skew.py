"""A sheet that lies crooked: turns a page, its boxes and its ink map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.marks import Mark
from docmarks.synth.scan.warp import about, turned, warp


def skew(page: NDArray[np.uint8], marks: Sequence[Mark], degrees: float) -> tuple[NDArray[np.uint8], list[Mark]]:
    """Turns a page about its middle, counter-clockwise, and its boxes with it.

    Args:
        page: ``[H, W]``.
        marks: On the page; what is turned off the page is cut off.
        degrees: Small, as a sheet lies on a scanner.
    """
    height, width = page.shape
    page, marks, _ = warp(page, marks, about(turned(degrees), width, height))
    return page, marks


def skewed_ink(ink: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """An ink map, ``[H, W]`` as ``legible.ink_of`` gives it, turned like its page; by the nearest pixel, for speed."""
    return np.asarray(Image.fromarray(ink).rotate(degrees))
