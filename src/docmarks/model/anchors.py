"""Anchor boxes over the cells of the pyramid levels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from docmarks.model.config import STRIDES, AnchorConfig


def cell_anchors(sizes: Sequence[float], ratios: Sequence[float]) -> Tensor:
    """Boxes around the origin: ``[A, 4]``, every size with every ratio (height / width), sizes outermost.

    A box of size s and ratio a has area s*s: ``w = sqrt(s*s / a)``, ``h = a * w``; nothing is rounded.
    """
    boxes = []
    for size in sizes:
        for ratio in ratios:
            w = math.sqrt(size * size / ratio)
            h = ratio * w
            boxes.append((-w / 2, -h / 2, w / 2, h / 2))
    return torch.tensor(boxes)


class AnchorGrid(nn.Module):
    """Anchors of all levels, laid over the padded feature maps with offset 0."""

    def __init__(self, config: AnchorConfig) -> None:
        """Prepares the cell anchors of p2..p6."""
        super().__init__()
        self.per_cell = len(config.sizes[0]) * len(config.ratios)
        for level, sizes in enumerate(config.sizes):
            self.register_buffer(f"cell{level}", cell_anchors(sizes, config.ratios), persistent=False)

    def forward(self, levels: Sequence[Tensor]) -> list[Tensor]:
        """Feature maps ``[N, C, H, W]`` to anchors ``[H * W * A, 4]`` in input pixels, in order (y, x, anchor)."""
        grids = []
        for level, (feature, stride) in enumerate(zip(levels, STRIDES, strict=True)):
            cell: Tensor = getattr(self, f"cell{level}")
            xs = torch.arange(feature.shape[3], device=cell.device, dtype=torch.float32) * stride
            ys = torch.arange(feature.shape[2], device=cell.device, dtype=torch.float32) * stride
            y, x = torch.meshgrid(ys, xs, indexing="ij")
            shifts = torch.stack((x, y, x, y), dim=2)  # [H, W, 4]
            grids.append((shifts[:, :, None, :] + cell).reshape(-1, 4))
        return grids
