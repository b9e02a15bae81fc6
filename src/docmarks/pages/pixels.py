"""Any decoded image as upright 8-bit pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ORIENTATION = 0x0112
"""EXIF tag: how the camera was held."""

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each orientation (EXIF 2.3, tag Orientation); 1 is upright."""

BITS_PER_SAMPLE, PHOTOMETRIC, WHITE_IS_ZERO = 258, 262, 0
"""Tags of TIFF 6.0, and the value of the second that means inverted grey."""


def upright(image: Image.Image) -> Image.Image:
    """The image turned as its EXIF entry says; as it lies if the entry is missing or damaged."""
    try:
        turn = UPRIGHT.get(image.getexif().get(ORIENTATION, 1))
    except Exception:  # the pixels are good: a damaged note beside them must not cost the page
        return image
    return image if turn is None else image.transpose(turn)


def lies_on_its_side(exif: Image.Exif) -> bool:
    """Whether an image with this EXIF entry has its width and height swapped as it is turned upright."""
    return exif.get(ORIENTATION, 1) in (5, 6, 7, 8)


def to_pixels(image: Image.Image) -> NDArray[np.uint8]:
    """The image as ``[H, W]`` grey or ``[H, W, 3]`` RGB; what is transparent becomes white."""
    if image.mode.startswith("I;16"):
        return _deep_grey(image)
    if image.mode in ("I", "F"):
        values = np.asarray(image, np.float64)
        brightest = values.max(initial=0)
        # Neither mode says where its white is: the smallest customary range that holds the values.
        white = next((top for top in (1.0, 255.0, 65535.0) if brightest <= top), brightest)
        return np.clip(values * (255.0 / white), 0, 255).astype(np.uint8)
    if "A" in image.getbands() or "transparency" in image.info:
        colour = image.convert("RGBA")
        paper = Image.new("RGBA", colour.size, "white")
        return np.asarray(Image.alpha_composite(paper, colour).convert("RGB"))
    return np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB"))


def _deep_grey(image: Image.Image) -> NDArray[np.uint8]:
    tags = getattr(image, "tag_v2", {})
    white = 2 ** int(tags.get(BITS_PER_SAMPLE, (16,))[0]) - 1  # 12 bits come in 16-bit pixels
    values = np.minimum(np.asarray(image), white).astype(np.uint32)
    grey = ((values * 255 + white // 2) // white).astype(np.uint8)
    return 255 - grey if tags.get(PHOTOMETRIC) == WHITE_IS_ZERO else grey
