"""Assigns reference boxes (anchors or proposals) to ground truth, and samples them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
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
        """IoU to the best ground truth of each reference, and what that makes of it.

        Args:
            quality: ``[..., G, R]``, G at least 1; an empty ground truth has 0 with everything.

        Returns:
            Index of the ground truth and BACKGROUND, FOREGROUND or IGNORED, both ``[..., R]``.
        """
        best, index = quality.max(dim=-2)
        state = torch.full_like(index, IGNORED)
        state[best < self.background_iou] = BACKGROUND
        state[best >= self.foreground_iou] = FOREGROUND
        if self.keep_best:
            highest = quality.amax(dim=-1, keepdim=True)  # [..., G, 1]
            # A ground truth that no reference touches has no best one.
            state[((quality == highest) & (highest > 0)).any(dim=-2)] = FOREGROUND
        return index, state


@dataclass(frozen=True)
class Sampled:
    """References that were drawn, S of them: first the foreground of all images, then the background of all.

    Attributes:
        images: ``[S]``, which image each belongs to.
        references: ``[S]``, which of its image's R it is.
        n_foreground: So many are foreground.
    """

    images: Tensor
    references: Tensor
    n_foreground: int

    @property
    def foreground(self) -> Tensor:
        """``[S]`` bool."""
        return torch.arange(len(self.images), device=self.images.device) < self.n_foreground


@dataclass(frozen=True)
class Sampler:
    """Draws a balanced set of references at random.

    Attributes:
        size: How many an image.
        positive_fraction: At most this share is foreground; background fills the rest.
    """

    size: int
    positive_fraction: float

    def __call__(self, states: Tensor, draws: Draws = None) -> Sampled:
        """Draws from the states ``[N, R]`` of a batch, foreground first, image by image."""
        kinds = torch.stack((states == FOREGROUND, states == BACKGROUND))  # [2, N, R]
        # A graphics processor is waited for here, once a batch: how many there are decides what is drawn.
        counts = kinds.sum(dim=2).tolist()
        places = kinds.flatten().nonzero().flatten()  # foreground image by image, then background
        first = list(itertools.accumulate((*counts[0], *counts[1]), initial=0))
        chosen: tuple[list[Tensor], list[Tensor]] = ([], [])
        for image, (positive, negative) in enumerate(zip(*counts, strict=True)):
            generator = an_image(draws, image)
            wanted = min(positive, int(self.size * self.positive_fraction))
            rest = min(negative, self.size - wanted)
            chosen[0].append(distinct(wanted, positive, generator) + first[image])
            chosen[1].append(distinct(rest, negative, generator) + first[len(counts[0]) + image])
        order = torch.cat((*chosen[0], *chosen[1]))
        drawn = places[order.to(states.device)] % states.numel()
        each = states.shape[1]
        return Sampled(drawn // each, drawn % each, sum(map(len, chosen[0])))


MANY = 10_000
"""To shuffle so many takes a tenth of a millisecond an image; where there are more, few of them are asked for."""


def distinct(count: int, below: int, generator: torch.Generator | None) -> Tensor:
    """``count`` different whole numbers from 0 to ``below`` - 1, in any order.

    Drawn on the CPU, so that a seed means the same on every device.
    """
    if below < max(MANY, 2 * count):
        return torch.randperm(below, generator=generator)[:count]
    found = torch.empty(0, dtype=torch.int64)
    while len(found) < count:
        found = torch.cat((found, torch.randint(below, (count,), generator=generator)))
        _, order = np.unique(found.numpy(), return_index=True)
        found = found[np.sort(order)]
    return found[:count]
