"""The same network, quicker at inference: constants folded away, memory laid out for this device's convolutions."""

from __future__ import annotations

import copy

import torch
from torch import nn

from docmarks.model.backbone import ConvNorm
from docmarks.model.detector import FasterRCNN
from docmarks.model.layout import convolution_layout
from docmarks.model.norm import FrozenBatchNorm2d, affine


@torch.no_grad()
def faster(model: FasterRCNN) -> FasterRCNN:
    """A copy for inference whose normalisation is folded into the convolutions, in the layout of its device.

    Outputs are equal up to rounding. The copy cannot be trained.
    """
    quick = copy.deepcopy(model).eval()
    for module in quick.modules():
        if isinstance(module, ConvNorm):
            _fold(module)
    place = next(quick.parameters()).device
    return quick.to(memory_format=convolution_layout(place))


def _fold(pair: ConvNorm) -> None:
    conv, norm = pair[0], pair[1]
    if not (isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d | FrozenBatchNorm2d)):
        return
    if norm.running_mean is None or norm.running_var is None:
        return
    scale, shift = affine(norm)
    conv.weight = nn.Parameter(conv.weight * scale[:, None, None, None], requires_grad=False)
    conv.bias = nn.Parameter(shift, requires_grad=False)
    pair[1] = nn.Identity()
