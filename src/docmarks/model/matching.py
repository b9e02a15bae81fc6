"""Assigns reference boxes (anchors or proposals) to ground truth, and samples them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

BACKGROUND, FOREGROUND, IGNORED = 0, 1, -1

Draws = torch.Generator | Sequence[torch.Generator] | None
"""Where random choices come from: one generator for a batch, one an image, or torch's global state."""

Count = Callable[[Tensor], Tensor]
"""A number that a loss is divided by, as it is over all processes: their mean."""


def own_count(count: Tensor) -> Tensor:
    """The count of one process alone."""
    return count


def an_image(draws: Draws, image: int) -> torch.Generator | None:
    """The generator of one image of the batch."""
    return draws[image] if isinstance(draws, Sequence) else draws


@dataclass(frozen=True)
class Matcher:
    """Best ground truth by IoU, with thresholds.

    Attributes:
        background_iou: Below it a reference box is background.
        foreground_iou: From it on it is foreground; between the two it is ignored.
        keep_best: The references that overlap a ground truth most are foreground whatever their IoU.
    """

    background_iou: float
    foreground_iou: float
    keep_best: bool = False

    def __call__(self, quality: Tensor) -> tuple[Tensor, Tensor]:
        """IoU ``[G, N]`` to (index of the best ground truth ``[N]``, BACKGROUND / FOREGROUND / IGNORED ``[N]``)."""
        if quality.shape[0] == 0:
            none = torch.zeros(quality.shape[1], dtype=torch.int64, device=quality.device)
            return none, torch.full_like(none, BACKGROUND)
        best, index = quality.max(dim=0)
        state = torch.full_like(index, IGNORED)
        state[best < self.background_iou] = BACKGROUND
        state[best >= self.foreground_iou] = FOREGROUND
        if self.keep_best:
            highest = quality.amax(dim=1, keepdim=True)  # [G, 1]
            # A ground truth that no reference touches has no best one.
            state[((quality == highest) & (highest > 0)).any(dim=0)] = FOREGROUND
        return index, state


@dataclass(frozen=True)
class Sampler:
    """Draws a balanced set of references at random.

    Attributes:
        size: How many an image.
        positive_fraction: At most this share is foreground; background fills the rest.
    """

    size: int
    positive_fraction: float

    def __call__(self, state: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """States ``[N]`` to (foreground indices, background indices)."""
        positive = (state == FOREGROUND).nonzero().flatten()
        negative = (state == BACKGROUND).nonzero().flatten()
        n_positive = min(len(positive), int(self.size * self.positive_fraction))
        n_negative = min(len(negative), self.size - n_positive)
        return self._draw(positive, n_positive, generator), self._draw(negative, n_negative, generator)

    @staticmethod
    def _draw(indices: Tensor, n: int, generator: torch.Generator | None) -> Tensor:
        # Drawn on the CPU, so that a seed means the same on every device.
        order = torch.randperm(len(indices), generator=generator)[:n]
        return indices[order.to(indices.device)]
