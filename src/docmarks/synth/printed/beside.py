"""Two pieces of coverage as one, each in the middle of the other's side."""

from __future__ import annotations

import numpy as np
from PIL import Image

from docmarks.synth.handwriting.pen import Mask


def beside(first: Mask, second: Mask, gap: int, across: bool = True) -> Mask:
    """``first``, a gap, ``second``: from left to right, or else from top to bottom."""
    (h, w), (high, wide) = first.shape, second.shape
    size = (w + gap + wide, max(h, high)) if across else (max(w, wide), h + gap + high)
    image = Image.new("L", size)
    image.paste(Image.fromarray(first), (0, (size[1] - h) // 2) if across else ((size[0] - w) // 2, 0))
    at = (w + gap, (size[1] - high) // 2) if across else ((size[0] - wide) // 2, h + gap)
    image.paste(Image.fromarray(second), at)
    return np.asarray(image)
