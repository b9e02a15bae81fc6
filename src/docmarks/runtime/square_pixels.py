"""A fax as it looks on paper."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from docmarks.pages.page_image import PageImage
from docmarks.runtime.resize import resize


def square_pixels(image: PageImage) -> NDArray[np.uint8]:
    """The page's pixels as squares, ``image.on_paper`` of them; as they are where they are squares."""
    if image.stretch == 1:
        return image.pixels
    return resize(image.pixels, image.on_paper, "L" if image.pixels.ndim == 2 else "RGB")
