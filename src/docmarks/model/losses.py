"""What the losses of Faster R-CNN are made of, as sums; whoever calls them divides."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def l1_sum(predicted: Tensor, target: Tensor) -> Tensor:
    """Sum of absolute differences of box deltas: smooth L1 with beta 0."""
    return (predicted.float() - target).abs().sum()


def binary_cross_entropy_sum(logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Sum of the binary cross entropy of every element, each times its weight."""
    return F.binary_cross_entropy_with_logits(logits.float(), target, weight=weight, reduction="sum")
