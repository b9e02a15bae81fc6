"""ROIAlign over the pyramid levels (He et al. 2017, arXiv 1703.06870; level rule of Lin et al. 2016)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torchvision.ops import roi_align

from docmarks.model import boxes
from docmarks.model.config import STRIDES
from docmarks.model.sampling import can_be_multiplied, multiplied

CANONICAL_SIZE, CANONICAL_LEVEL, FIRST_LEVEL, LAST_LEVEL = 224.0, 4, 2, 5


def assign_levels(proposals: Tensor, canonical_size: float = CANONICAL_SIZE) -> Tensor:
    """The level 2..5 that pools each box: ``floor(4 + log2(sqrt(area) / 224 + 1e-8))``, ``[R, 4]`` to ``[R]``."""
    size = boxes.area(proposals).sqrt()
    level = torch.floor(CANONICAL_LEVEL + torch.log2(size / canonical_size + 1e-8))
    return level.clamp(FIRST_LEVEL, LAST_LEVEL).to(torch.int64)


class ROIPooler(nn.Module):
    """Features of each region, from the level that fits its size."""

    def __init__(self, bins: tuple[int, int], sampling_ratio: int, canonical_size: float = CANONICAL_SIZE) -> None:
        """``bins``: down, across; ``sampling_ratio``: samples a bin side, 0 = adaptive; ``canonical_size``: of p4."""
        super().__init__()
        self.bins = bins
        self.sampling_ratio = sampling_ratio
        self.canonical_size = canonical_size

    def forward(self, levels: Sequence[Tensor], proposals: Tensor, image_index: Tensor) -> Tensor:
        """Pools.

        Args:
            levels: p2..p5 (more are ignored), each ``[N, C, H, W]``.
            proposals: ``[R, 4]`` in input pixels.
            image_index: ``[R]``, which of the N images each belongs to.

        Returns:
            ``[R, C, *bins]``.
        """
        rois = torch.cat((image_index[:, None].to(proposals.dtype), proposals), dim=1)  # [R, 5]
        assigned = assign_levels(proposals, self.canonical_size)
        parts, order = [], []
        for level in range(FIRST_LEVEL, LAST_LEVEL + 1):
            chosen = (assigned == level).nonzero().flatten()
            feature = levels[level - FIRST_LEVEL].float()
            parts.append(self._aligned(feature, rois[chosen], 1.0 / STRIDES[level - FIRST_LEVEL]))
            order.append(chosen)
        # A thousand regions are 50 MB: they are put together and into their order at once, not level by level.
        by_level = torch.cat(order)
        place = torch.zeros_like(by_level).index_put(
            (by_level,), torch.arange(by_level.shape[0], device=by_level.device)
        )
        return torch.cat(parts)[place]  # [R, C, *bins]

    def _aligned(self, feature: Tensor, rois: Tensor, scale: float) -> Tensor:
        if can_be_multiplied(feature, self.sampling_ratio):
            return multiplied(feature, rois, self.bins, scale, self.sampling_ratio)
        pooled: Tensor = roi_align(feature, rois, self.bins, scale, self.sampling_ratio, aligned=True)
        return pooled
