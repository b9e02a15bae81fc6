"""Marks as pictures, cut out of their page."""

from __future__ import annotations

import io
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
    left, top = (max(0, math.floor(v)) for v in mark.box[:2])
    right, bottom = (math.ceil(v) for v in mark.box[2:])
    part = pixels[top : max(top + 1, bottom), left : max(left + 1, right)]
    return Image.fromarray(np.ascontiguousarray(part)) if part.size else None


def folder_of(label: str) -> str:
    """The name of the folder for a label."""
    return NO_FILE_NAME.sub("-", label) or "-"


def png_bytes(picture: Image.Image, dpi: float) -> bytes:
    """The picture as a PNG file that tells its resolution."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", dpi=(dpi, dpi))
    return buffer.getvalue()
