"""Anchor boxes over the cells of the pyramid levels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class LevelAnchors:
    """The anchors of one level, numbered in order (y, x, anchor of the cell); none is laid out before it is asked for.

    Attributes:
        cell: ``[A, 4]`` around the origin.
        stride: Input pixels a cell.
        height: Cells down.
        width: Cells across.
    """

    cell: Tensor
    stride: int
    height: int
    width: int

    def at(self, numbers: Tensor) -> Tensor:
        """Those with the numbers ``[S]``: ``[S, 4]`` in input pixels.

        At detection a few hundred of a hundred thousand are looked at.
        """
        per_cell = len(self.cell)
        cells = numbers.div(per_cell, rounding_mode="trunc")
        ys = cells.div(self.width, rounding_mode="trunc")
        corner = torch.stack((cells - ys * self.width, ys), dim=1).float() * self.stride  # [S, 2]
        return torch.cat((corner, corner), dim=1) + self.cell[numbers - cells * per_cell]

    def all(self) -> Tensor:
        """Every one: ``[H * W * A, 4]`` in input pixels."""
        return self.at(torch.arange(self.height * self.width * len(self.cell), device=self.cell.device))


class AnchorGrid(nn.Module):
    """Anchors of all levels, laid over the padded feature maps with offset 0."""

    def __init__(self, config: AnchorConfig) -> None:
        """Prepares the cell anchors of p2..p6."""
        super().__init__()
        self.per_cell = len(config.sizes[0]) * len(config.ratios)
        for level, sizes in enumerate(config.sizes):
            self.register_buffer(f"cell{level}", cell_anchors(sizes, config.ratios), persistent=False)

    def forward(self, levels: Sequence[Tensor]) -> list[LevelAnchors]:
        """The anchors of feature maps ``[N, C, H, W]``."""
        cells: list[Tensor] = [getattr(self, f"cell{level}") for level in range(len(levels))]
        return [
            LevelAnchors(cell, stride, feature.shape[2], feature.shape[3])
            for cell, stride, feature in zip(cells, STRIDES, levels, strict=True)
        ]
