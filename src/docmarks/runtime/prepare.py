"""From a page image to what the network sees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from docmarks.model.config import InputConfig
from docmarks.runtime.page_scale import scale_of, size_at
from docmarks.runtime.resize import resize


def working_size(config: InputConfig, width: int, height: int, size: float = 1) -> tuple[int, int]:
    """(width, height) at which the network sees a page of this size.

    The short side becomes ``short_side``, unless the long one would then exceed ``long_side``; sides are rounded as
    Detectron2 rounds them, but never to nothing.

    Args:
        config: What the network was trained for.
        width: Of the page in pixels.
        height: Of the page in pixels.
        size: So many times as large (``runtime.size``). Over 1 stops at the page's own pixels: enlarging shows no more.
    """
    scale = scale_of(width, height, config.short_side, config.long_side)
    scale = scale * size if size < 1 else max(scale, min(scale * size, 1.0))
    return size_at(width, height, scale)


def prepare(image: NDArray[np.uint8], config: InputConfig, times: float = 1) -> NDArray[np.float32]:
    """A page ``[H, W, 3]`` RGB or ``[H, W]`` grey, resized (bilinear, antialiased): ``[1, C, h, w]`` in 0..255.

    ``times`` is the size of ``working_size``.
    """
    size = working_size(config, image.shape[1], image.shape[0], times)
    return as_input(resize(image, size, mode(config)), config)


def mode(config: InputConfig) -> str:
    """Pillow's mode of what the network sees."""
    return "L" if config.channels == "grey" else "RGB"


def as_input(look: NDArray[np.uint8], config: InputConfig) -> NDArray[np.float32]:
    """A page in its working size, ``[h, w]`` if the network sees grey, else ``[h, w, 3]`` RGB: ``[1, C, h, w]``."""
    values = look.astype(np.float32)
    if config.channels == "grey":
        return values[None, None]
    if config.channels == "bgr":
        values = values[:, :, ::-1]
    return np.ascontiguousarray(values.transpose(2, 0, 1))[None]
