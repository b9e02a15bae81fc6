"""Marks as pictures, cut out of their page."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.marks import Mark

NO_FILE_NAME = re.compile(r"[^\w .,()+-]|^[. ]+|[. ]+$")
"""What in a label would lead out of its folder, or is no name on some system."""


def cut(pixels: NDArray[np.uint8], mark: Mark) -> Image.Image | None:
    """The smallest whole pixels that hold the mark's box, or None if no part of it is on the page.

    Args:
        pixels: ``[H, W]`` or ``[H, W, 3]``, the page.
        mark: In pixels of that page.
    """
    left, top = (math.floor(v) for v in mark.box[:2])
    right, bottom = max(left + 1, math.ceil(mark.box[2])), max(top + 1, math.ceil(mark.box[3]))
    part = pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
    return Image.fromarray(np.ascontiguousarray(part)) if part.size else None


def folder_of(label: str) -> str:
    """The name of the folder for a label."""
    return NO_FILE_NAME.sub("-", label) or "-"
