"""What training knows of one image, and of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence


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


@dataclass(frozen=True)
class TargetBatch:
    """Ground truth of N images; who has fewer boxes than another has empty ones for the rest, which overlap nothing.

    One tensor a batch: a graphics processor is asked a few times for much, not hundreds of times for little.

    Attributes:
        boxes: ``[N, G, 4]``; G is at least 1.
        labels: ``[N, G, K]``.
        ignored: ``[N, I, 4]``; I is 0 where no image has any.
        known: ``[N, K]`` bool.
        counts: How many boxes each has.
    """

    boxes: Tensor
    labels: Tensor
    ignored: Tensor
    known: Tensor
    counts: tuple[int, ...]

    @classmethod
    def of(cls, targets: Sequence[Targets], device: torch.device) -> TargetBatch:
        """The images' targets as one, on a device."""
        boxes = pad_sequence([target.boxes for target in targets], batch_first=True)
        labels = pad_sequence([target.labels for target in targets], batch_first=True)
        if not boxes.shape[1]:
            boxes, labels = F.pad(boxes, (0, 0, 0, 1)), F.pad(labels, (0, 0, 0, 1))
        ignored = pad_sequence([target.ignored for target in targets], batch_first=True)
        tensors = (boxes, labels, ignored, torch.stack([target.known for target in targets]))
        boxes, labels, ignored, known = (tensor.to(device, non_blocking=True) for tensor in tensors)
        return cls(boxes, labels, ignored, known, tuple(len(target.boxes) for target in targets))

    @property
    def there(self) -> Tensor:
        """``[N, G]`` bool: which boxes are any."""
        return self.boxes[..., 2] > self.boxes[..., 0]

    def part(self, first: int, count: int) -> TargetBatch:
        """``count`` images from ``first`` on, with no more places than they need."""
        images = slice(first, first + count)
        most = max(1, *self.counts[images])
        return TargetBatch(
            self.boxes[images, :most],
            self.labels[images, :most],
            self.ignored[images],
            self.known[images],
            self.counts[images],
        )
