"""Images of different sizes as one batch."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from docmarks.model.config import InputConfig

Size = tuple[int, int]
"""(height, width)."""


def stack_images(images: Sequence[Tensor], config: InputConfig) -> tuple[Tensor, list[Size]]:
    """Pads right and bottom to the largest and stacks.

    The filling is the mean of each channel, so that it is zero after normalisation, as Detectron2 pads.

    Args:
        images: ``[C, H, W]`` in 0..255.
        config: Knows the means.

    Returns:
        ``[N, C, H, W]`` float32, and the size of each image before padding.
    """
    sizes = [(int(image.shape[1]), int(image.shape[2])) for image in images]
    height, width = max(h for h, _ in sizes), max(w for _, w in sizes)
    mean = torch.tensor(config.mean).view(-1, 1, 1)
    batch = mean.expand(len(images), -1, height, width).clone()
    for place, image, (h, w) in zip(batch, images, sizes, strict=True):
        place[:, :h, :w] = image
    return batch, sizes
