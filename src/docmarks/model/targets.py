"""What training knows of one image."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Targets:
    """Ground truth of one image, with what is unknown said.

    Attributes:
        boxes: ``[G, 4]`` float32, (left, top, right, bottom) in input pixels.
        labels: ``[G, K]`` float32, multi-hot: several labels may hold for one box.
        ignored: ``[I, 4]`` regions that count neither as mark nor as background.
        known: ``[K]`` bool, the labels that are fully annotated on this image. For any other label an
            unmatched region is unknown, not background.
    """

    boxes: Tensor
    labels: Tensor
    ignored: Tensor
    known: Tensor

    def __post_init__(self) -> None:
        """Refuses boxes that would poison the loss, naming the first."""
        if self.boxes.shape != (len(self.boxes), 4) or self.labels.shape[0] != len(self.boxes):
            raise ValueError(f"boxes {tuple(self.boxes.shape)} and labels {tuple(self.labels.shape)} do not pair")
        if self.known.shape != self.labels.shape[1:]:
            raise ValueError(f"known must be {tuple(self.labels.shape[1:])}, not {tuple(self.known.shape)}")
        bad = ((self.boxes[:, 2:] <= self.boxes[:, :2]).any(dim=1) | ~torch.isfinite(self.boxes).all(dim=1)).nonzero()
        if len(bad):
            index = int(bad[0])
            raise ValueError(f"box {index} is empty or not finite: {self.boxes[index].tolist()}")

    def to(self, device: torch.device) -> Targets:
        """The same on another device."""
        return Targets(self.boxes.to(device), self.labels.to(device), self.ignored.to(device), self.known.to(device))
