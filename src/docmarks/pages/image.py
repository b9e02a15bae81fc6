"""Image files as pages: TIFF (every frame a page), PNG, JPEG, WebP."""

from __future__ import annotations

import warnings
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from docmarks.errors import DocmarksError
from docmarks.pages.page_image import IMAGE_DPI, MAX_PIXELS, PageImage

BELIEVABLE_DPI = (50.0, 2400.0)
"""A resolution outside this range is a placeholder of the program that wrote the file (72 x 72 is common, too, and
believed: it only scales points)."""

BROKEN = (OSError, ValueError, SyntaxError, EOFError)
"""What Pillow raises for a damaged file, depending on the format."""


class ImageDocument:
    """An open image file."""

    def __init__(self, path: Path, dpi: float | None = None) -> None:
        """Opens the file.

        Raises:
            DocmarksError: Broken, or more pixels than a page can have.
        """
        self.path, self.dpi = path, dpi
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                self._image = Image.open(path)
            self._frames = int(getattr(self._image, "n_frames", 1))
        except Image.DecompressionBombError as error:
            raise DocmarksError(f"{path}: {_too_large()}") from error
        except (*BROKEN, UnidentifiedImageError) as error:
            raise DocmarksError(f"{path}: broken or cut off image; copy, download or scan it again") from error

    def __len__(self) -> int:
        """How many frames."""
        return self._frames

    def page(self, number: int) -> PageImage:
        """Decodes frame ``number``, 1-based, turned upright as its EXIF entry says.

        Raises:
            DocmarksError: Broken, or more pixels than a page can have.
        """
        where = f"{self.path}" + (f", page {number}" if self._frames > 1 else "")
        try:
            if self._frames > 1:
                self._image.seek(number - 1)
            if self._image.width * self._image.height > MAX_PIXELS:
                raise DocmarksError(f"{where}: {_too_large(self._image.size)}")
            dpi = self.dpi or _dpi(self._image)
            pixels = to_pixels(ImageOps.exif_transpose(self._image))
        except Image.DecompressionBombError as error:
            raise DocmarksError(f"{where}: {_too_large()}") from error
        except BROKEN as error:
            raise DocmarksError(f"{where}: broken or cut off image; copy, download or scan it again") from error
        return PageImage(pixels, dpi, number)

    def __enter__(self) -> ImageDocument:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file."""
        self._image.close()


def to_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """Any image as ``[H, W]`` grey or ``[H, W, 3]`` RGB uint8; what is transparent becomes white."""
    if image.mode.startswith("I;16"):
        return (np.asarray(image).astype(np.uint32) // 257).astype(np.uint8)
    if image.mode in ("I", "F"):
        values = np.asarray(image, np.float64)
        top = 65535.0 if values.max(initial=0) > 255 else 255.0
        return np.clip(values * (255.0 / top), 0, 255).astype(np.uint8)
    if "A" in image.getbands() or "transparency" in image.info:
        colour = image.convert("RGBA")
        paper = Image.new("RGBA", colour.size, "white")
        return np.asarray(Image.alpha_composite(paper, colour).convert("RGB"))
    return np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB"))


def _dpi(image: Image.Image) -> float:
    try:
        across, down = (float(v) for v in image.info.get("dpi", (0, 0)))
    except (TypeError, ValueError, ZeroDivisionError):
        return IMAGE_DPI
    low, high = BELIEVABLE_DPI
    return across if low <= across <= high and abs(across - down) <= 0.1 * across else IMAGE_DPI


def _too_large(size: tuple[int, int] | None = None) -> str:
    told = f"{size[0]} x {size[1]} pixels are" if size else "it claims"
    return f"{told} over the limit of {MAX_PIXELS // 1_000_000} million pixels a page; reduce the image first"
