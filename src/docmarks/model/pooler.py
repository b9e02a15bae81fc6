"""ROIAlign over the pyramid levels (He et al. 2017, arXiv 1703.06870; level rule of Lin et al. 2016)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torchvision.ops import roi_align

from docmarks.model import boxes
from docmarks.model.cell_table import CellTable, can_be_multiplied
from docmarks.model.config import STRIDES

CANONICAL_SIZE, CANONICAL_LEVEL, FIRST_LEVEL, LAST_LEVEL = 224.0, 4, 2, 5


def assign_levels(proposals: Tensor, canonical_size: float = CANONICAL_SIZE) -> Tensor:
    """The level 2..5 that pools each box: ``floor(4 + log2(sqrt(area) / 224 + 1e-8))``, ``[R, 4]`` to ``[R]``."""
    size = boxes.area(proposals).sqrt()
    level = torch.floor(CANONICAL_LEVEL + torch.log2(size / canonical_size + 1e-8))
    return level.clamp(FIRST_LEVEL, LAST_LEVEL).to(torch.int64)


class AlignedLevels:
    """The levels one by one, pooled by torchvision."""

    def __init__(self, levels: Sequence[Tensor]) -> None:
        """``levels``: p2..p5, each ``[N, C, H, W]``."""
        self._levels = [level.float() for level in levels]

    def pooled(
        self, regions: Tensor, image_index: Tensor, assigned: Tensor, bins: tuple[int, int], sampling_ratio: int
    ) -> Tensor:
        """As ``CellTable.pooled``; a ``sampling_ratio`` of 0 is adaptive."""
        rois = torch.cat((image_index[:, None].to(regions.dtype), regions), dim=1)  # [R, 5]
        parts, order = [], []
        for number, level in enumerate(self._levels):
            chosen = (assigned == number).nonzero().flatten()
            parts.append(roi_align(level, rois[chosen], bins, 1.0 / STRIDES[number], sampling_ratio, aligned=True))
            order.append(chosen)
        # A thousand regions are 50 MB: they are put together and into their order at once, not level by level.
        by_level = torch.cat(order)
        place = torch.zeros_like(by_level).index_put(
            (by_level,), torch.arange(by_level.shape[0], device=by_level.device)
        )
        return torch.cat(parts)[place]


Poolable = AlignedLevels | CellTable
"""What regions are pooled from."""


def poolable(levels: Sequence[Tensor], sampling_ratio: int) -> Poolable:
    """The levels p2..p5 (more are ignored) as they are pooled fastest; made once for all poolings of a batch."""
    used = levels[: LAST_LEVEL - FIRST_LEVEL + 1]
    return CellTable(used) if can_be_multiplied(used[0], sampling_ratio) else AlignedLevels(used)


class ROIPooler(nn.Module):
    """Features of each region, from the level that fits its size."""

    def __init__(self, bins: tuple[int, int], sampling_ratio: int, canonical_size: float = CANONICAL_SIZE) -> None:
        """``bins``: down, across; ``sampling_ratio``: samples a bin side, 0 = adaptive; ``canonical_size``: of p4."""
        super().__init__()
        self.bins = bins
        self.sampling_ratio = sampling_ratio
        self.canonical_size = canonical_size

    def forward(self, levels: Poolable, proposals: Tensor, image_index: Tensor) -> Tensor:
        """Pools.

        Args:
            levels: Of N images.
            proposals: ``[R, 4]`` in input pixels.
            image_index: ``[R]``, which of the N images each belongs to.

        Returns:
            ``[R, C, *bins]``.
        """
        assigned = assign_levels(proposals, self.canonical_size) - FIRST_LEVEL
        return levels.pooled(proposals, image_index, assigned, self.bins, self.sampling_ratio)
