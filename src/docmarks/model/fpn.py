"""Feature Pyramid Network (Lin et al. 2016, arXiv 1612.03144)."""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from docmarks.model.config import RankConfig
from docmarks.model.low_rank import conv3x3


class FPN(nn.Module):
    """Lateral 1x1 convolutions, a top-down path of nearest upsampling, 3x3 output convolutions."""

    def __init__(self, widths: Sequence[int], n_out: int, ranks: RankConfig) -> None:
        """``widths``: channels of res2..res5; ``n_out``: channels of every level; ``ranks``: of p2 and p3."""
        super().__init__()
        self.lateral = nn.ModuleList(nn.Conv2d(width, n_out, 1) for width in widths)
        self.output = nn.ModuleList(conv3x3(n_out, n_out, rank) for rank in (ranks.p2, ranks.p3, None, None))
        for conv in self.modules():
            if isinstance(conv, nn.Conv2d):
                nn.init.kaiming_uniform_(conv.weight, a=1)
                if conv.bias is not None:
                    nn.init.zeros_(conv.bias)

    def forward(self, features: Sequence[Tensor]) -> list[Tensor]:
        """[res2, res3, res4, res5] to [p2, p3, p4, p5, p6], each ``[N, n_out, H / stride, W / stride]``."""
        top = self.lateral[3](features[3])
        levels = [self.output[3](top)]
        for level in (2, 1, 0):
            above = F.interpolate(top, scale_factor=2.0, mode="nearest")
            top = self.lateral[level](features[level]).add_(above)
            levels.insert(0, self.output[level](top))
        # p6 is p5[:, :, ::2, ::2]. Written as a pool: OpenVINO takes the sliced map to be as large as p5.
        levels.append(F.max_pool2d(levels[-1], kernel_size=1, stride=2))
        return levels
