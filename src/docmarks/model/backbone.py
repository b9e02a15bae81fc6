"""ResNet and ResNeXt backbones (He et al. 2015, arXiv 1512.03385; Xie et al. 2016, arXiv 1611.05431)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import torch.nn.functional as F
from torch import Tensor, nn

from docmarks.model.checkpointing import checkpointed
from docmarks.model.config import BackboneConfig
from docmarks.model.norm import FrozenBatchNorm2d, affine, make_norm

if TYPE_CHECKING:
    from typing import Self  # Python 3.11

BLOCKS_PER_STAGE = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3)}

NormKind = Literal["frozen", "batch"]


class ConvNorm(nn.Sequential):
    """Convolution without bias, then normalisation."""

    def __init__(self, n_in: int, n_out: int, kernel: int, stride: int, norm: NormKind, groups: int = 1) -> None:
        """Pads so that stride 1 keeps the size."""
        conv = nn.Conv2d(n_in, n_out, kernel, stride, padding=kernel // 2, groups=groups, bias=False)
        nn.init.kaiming_normal_(conv.weight, mode="fan_out", nonlinearity="relu")
        super().__init__(conv, make_norm(norm, n_out))

    def forward(self, x: Tensor) -> Tensor:
        """``[N, n_in, H, W]`` to ``[N, n_out, H / stride, W / stride]``."""
        conv, norm = self[0], self[1]
        if not (isinstance(conv, nn.Conv2d) and isinstance(norm, FrozenBatchNorm2d)):
            return norm(conv(x))
        # A constant affine map after a convolution is a convolution: scaling the small weights instead of the large
        # maps saves a pass over them forward, another backward, and their memory between.
        scale, shift = affine(norm)
        weight = conv.weight * scale[:, None, None, None]
        return F.conv2d(x, weight, shift, conv.stride, conv.padding, conv.dilation, conv.groups)


def _joined(y: Tensor, shortcut: Tensor) -> Tensor:
    """``relu(y + shortcut)`` in the place of ``y``: neither convolution nor norm needs its output on the way back."""
    return F.relu_(y.add_(shortcut))


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut."""

    def __init__(self, n_in: int, n_out: int, stride: int, norm: NormKind) -> None:
        """The shortcut is a 1x1 convolution where the shape changes."""
        super().__init__()
        self.conv1 = ConvNorm(n_in, n_out, 3, stride, norm)
        self.conv2 = ConvNorm(n_out, n_out, 3, 1, norm)
        same = n_in == n_out and stride == 1
        self.shortcut = nn.Identity() if same else ConvNorm(n_in, n_out, 1, stride, norm)

    def forward(self, x: Tensor) -> Tensor:
        """``[N, n_in, H, W]`` to ``[N, n_out, H / stride, W / stride]``."""
        return _joined(self.conv2(F.relu_(self.conv1(x))), self.shortcut(x))


class Bottleneck(nn.Module):
    """1x1, (grouped) 3x3 and 1x1 convolutions beside a shortcut."""

    def __init__(
        self, n_in: int, width: int, n_out: int, stride: int, groups: int, stride_in_1x1: bool, norm: NormKind
    ) -> None:
        """The stride sits in the first 1x1 (the original) or in the 3x3 (ResNeXt)."""
        super().__init__()
        first, second = (stride, 1) if stride_in_1x1 else (1, stride)
        self.conv1 = ConvNorm(n_in, width, 1, first, norm)
        self.conv2 = ConvNorm(width, width, 3, second, norm, groups)
        self.conv3 = ConvNorm(width, n_out, 1, 1, norm)
        same = n_in == n_out and stride == 1
        self.shortcut = nn.Identity() if same else ConvNorm(n_in, n_out, 1, stride, norm)

    def forward(self, x: Tensor) -> Tensor:
        """``[N, n_in, H, W]`` to ``[N, n_out, H / stride, W / stride]``."""
        y = F.relu_(self.conv2(F.relu_(self.conv1(x))))
        return _joined(self.conv3(y), self.shortcut(x))


class ResNet(nn.Module):
    """Stem and four stages: features res2..res5 at strides 4, 8, 16, 32.

    Attributes:
        frozen: So many of its parts stay as they are in training: their statistics are those of detection.
        keeps_statistics: So are those of all parts; what layers of batch normalisation scale and add may learn.
    """

    def __init__(self, config: BackboneConfig, n_channels: int, checkpointing: bool = False) -> None:
        """Builds the stages that ``config`` describes over ``n_channels`` of input.

        With ``checkpointing`` training keeps only what the stages hand on.
        """
        super().__init__()
        self.stem = ConvNorm(n_channels, config.stem_width, 7, 2, config.norm)
        self.checkpointing, self.frozen, self.keeps_statistics = checkpointing, 0, False
        self.widths = tuple(config.res2_width * 2**stage for stage in range(4))
        n_in = config.stem_width
        stages = []
        for stage, n_blocks in enumerate(BLOCKS_PER_STAGE[config.depth]):
            n_out, blocks = self.widths[stage], []
            for block in range(n_blocks):
                stride = 2 if stage > 0 and block == 0 else 1
                blocks.append(self._block(config, n_in, n_out, stage, stride))
                n_in = n_out
            stages.append(nn.Sequential(*blocks))
        self.res2, self.res3, self.res4, self.res5 = stages

    @staticmethod
    def _block(config: BackboneConfig, n_in: int, n_out: int, stage: int, stride: int) -> nn.Module:
        if config.depth < 50:
            return BasicBlock(n_in, n_out, stride, config.norm)
        width = config.groups * config.width_per_group * 2**stage
        return Bottleneck(n_in, width, n_out, stride, config.groups, config.stride_in_1x1, config.norm)

    @property
    def parts(self) -> tuple[nn.Module, ...]:
        """Stem, res2, ... res5."""
        return self.stem, self.res2, self.res3, self.res4, self.res5

    def train(self, mode: bool = True) -> Self:
        """As of every module, but for the parts that are frozen and the statistics that are kept."""
        super().train(mode)
        for part in self.parts[: self.frozen]:
            part.eval()
        if self.keeps_statistics:
            for module in self.modules():
                if isinstance(module, nn.BatchNorm2d):
                    module.eval()
        return self

    def forward(self, x: Tensor) -> list[Tensor]:
        """``[N, C, H, W]``, sides multiples of 32, to [res2, res3, res4, res5]."""
        run = checkpointed if self.checkpointing and self.training else _plainly
        x = run(self._stem, x, self.stem)
        features = []
        for stage in (self.res2, self.res3, self.res4, self.res5):
            x = run(stage, x, stage)
            features.append(x)
        return features

    def _stem(self, x: Tensor) -> Tensor:
        return F.max_pool2d(F.relu_(self.stem(x)), kernel_size=3, stride=2, padding=1)


def _plainly(run: Callable[[Tensor], Tensor], x: Tensor, module: nn.Module) -> Tensor:
    return run(x)
