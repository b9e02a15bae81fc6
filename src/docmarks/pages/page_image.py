"""A page as an image, and the limits of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PDF_DPI = 150
"""Resolution at which PDF pages are rendered unless another is asked for."""

IMAGE_DPI = 200
"""Resolution of an image that does not tell a believable one."""

MAX_PIXELS = 150_000_000
"""A page with more pixels is refused: nobody scans so, but a small file can claim so."""


Sizes = tuple[tuple[int, int], ...]
"""(width, height) of several images."""


@dataclass(frozen=True)
class PageImage:
    """A page, upright.

    Attributes:
        pixels: ``[H, W]`` grey or ``[H, W, 3]`` RGB, uint8.
        dpi: Pixels an inch, across.
        number: 1-based place in the document.
        stretch: A pixel is so many times as high as it is wide: 2 on most faxes.
    """

    pixels: NDArray[np.uint8]
    dpi: float
    number: int
    stretch: float = 1.0

    @property
    def on_paper(self) -> tuple[int, int]:
        """(width, height) that it has in square pixels; none of its own are lost."""
        height, width = self.pixels.shape[:2]
        return (width, round(height * self.stretch)) if self.stretch > 1 else (round(width / self.stretch), height)


@dataclass(frozen=True)
class DrawnPage:
    """A page drawn no larger than a network sees it, in place of a whole image of it.

    Attributes:
        looks: ``[h, w]`` grey or ``[h, w, 3]`` RGB, uint8: one for each size that was asked for.
        width: Of the image of the page, in pixels.
        height: Of the same.
        dpi: Of the same.
        number: 1-based place in the document.
    """

    looks: tuple[NDArray[np.uint8], ...]
    width: int
    height: int
    dpi: float
    number: int
