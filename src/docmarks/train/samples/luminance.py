"""Pages in colour through steps that know grey alone: the light changes, the colour stays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]
Grey = NDArray[np.uint8]


def grey_of(image: Pixels) -> Grey:
    """``[H, W]`` as it is, ``[H, W, 3]`` as its luminance (ITU-R 601, as Pillow's "L")."""
    return image if image.ndim == 2 else np.asarray(Image.fromarray(image).convert("L"))


def in_colour(grey: Grey) -> Pixels:
    """``[H, W]`` as ``[H, W, 3]`` without a colour."""
    return np.repeat(grey[:, :, None], 3, axis=2)


def relit(image: Pixels, change: Callable[[Grey], Grey]) -> Pixels:
    """A page with its own colour whose luminance was changed so."""
    before = grey_of(image)
    return relight(image, before, change(before))


def relight(image: Pixels, before: Grey, after: Grey) -> Pixels:
    """A page whose luminance went from ``before`` to ``after``, with its own colour.

    What gets darker is multiplied, as ink over ink is; what gets lighter moves towards white in the same way. So
    black ink on a red stamp is black, and an unchanged luminance changes nothing.

    Args:
        image: ``[H, W]`` or ``[H, W, 3]``.
        before: ``[H, W]``, the luminance of ``image``.
        after: ``[H, W]``.
    """
    if image.ndim == 2:
        return after
    b, a = before.astype(np.float32)[..., None], after.astype(np.float32)[..., None]
    darker = image * (a / np.maximum(b, 1))
    lighter = 255 - (255 - image.astype(np.float32)) * ((255 - a) / np.maximum(255 - b, 1))
    return np.clip(np.where(a <= b, darker, lighter) + 0.5, 0, 255).astype(np.uint8)
