"""One interface that makes the second stage multi-label, single-label or multi-task.

A formulation differs from another in how labels are encoded, in the loss, and in the scores; nothing else in the
detector knows which one is in use.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from docmarks.model.losses import binary_cross_entropy_sum
from docmarks.model.matching import Count, own_count

PRIOR = 0.02
"""Probability that a fresh sigmoid head gives every label: most regions are background."""


class Classification(Protocol):
    """What the rest of the detector needs to know of a head: how many logits, their loss, their scores."""

    n_logits: int

    def initial_bias(self) -> Tensor:
        """Bias ``[n_logits]`` to start from."""

    def loss(self, logits: Tensor, labels: Tensor, counts: Tensor, count: Count = own_count) -> Tensor:
        """The loss, a scalar.

        Args:
            logits: ``[R, n_logits]``.
            labels: ``[R, K]`` multi-hot; all zero is background.
            counts: ``[R, K]``; False where it is unknown whether the label holds.
            count: Turns the number of regions that a mean is over into that of all processes.
        """

    def scores(self, logits: Tensor) -> Tensor:
        """Logits ``[R, n_logits]`` to scores ``[R, K]`` in 0..1."""


def region_weights(labels: Tensor, weights: Sequence[float]) -> Tensor:
    """What each region weighs in the loss: the mean over its labels, 1 for background.

    Args:
        labels: ``[R, K]`` multi-hot.
        weights: One a label.

    Returns:
        ``[R]``.
    """
    each = torch.tensor(weights, dtype=torch.float32, device=labels.device)
    carried = labels.float().sum(dim=1)
    return torch.where(carried > 0, (labels * each).sum(dim=1) / carried.clamp(min=1), 1.0)


class Sigmoid:
    """Multi-label: one binary problem a label; background is the absence of all."""

    def __init__(self, n_labels: int, weights: Sequence[float] = ()) -> None:
        """K labels, K logits; ``weights``: see ``region_weights``; empty for all alike."""
        self.n_logits = n_labels
        self.weights = tuple(weights)

    def initial_bias(self) -> Tensor:
        """The logit of ``PRIOR``: an untrained head starts near the right base rate."""
        return torch.full((self.n_logits,), -math.log((1 - PRIOR) / PRIOR))

    def loss(self, logits: Tensor, labels: Tensor, counts: Tensor, count: Count = own_count) -> Tensor:
        """Binary cross entropy summed over labels, a mean over regions; unknown entries weigh nothing."""
        regions = count(logits.new_tensor(len(logits), dtype=torch.float32))
        weight = counts.float()
        if self.weights:
            weight = weight * region_weights(labels, self.weights)[:, None]
        return binary_cross_entropy_sum(logits, labels, weight) / regions.clamp(min=1)

    def scores(self, logits: Tensor) -> Tensor:
        """The sigmoid of each logit."""
        return logits.float().sigmoid()


class Softmax:
    """Single-label: K labels and background, which is the last class."""

    def __init__(self, n_labels: int, weights: Sequence[float] = ()) -> None:
        """K labels, K + 1 logits; ``weights``: see ``region_weights``; empty for all alike."""
        self.n_logits = n_labels + 1
        self.weights = tuple(weights)

    def initial_bias(self) -> Tensor:
        """Zeros: an untrained head takes every class for equally likely."""
        return torch.zeros(self.n_logits)

    def loss(self, logits: Tensor, labels: Tensor, counts: Tensor, count: Count = own_count) -> Tensor:
        """Cross entropy, a mean over the regions that count.

        A region with several labels is taught the first. Background is one class, so that a region of which some
        label is unknown cannot be taught at all.
        """
        wanted = torch.where(labels.any(dim=1), labels.argmax(dim=1), labels.shape[1])
        usable = counts.all(dim=1)
        each = F.cross_entropy(logits.float(), wanted, reduction="none")
        if self.weights:
            each = each * region_weights(labels, self.weights)
        return (each * usable).sum() / count(usable.sum().float()).clamp(min=1)

    def scores(self, logits: Tensor) -> Tensor:
        """The softmax without the background's column."""
        return logits.float().softmax(dim=1)[:, :-1]


class MultiTask:
    """Several questions about one region, each with one answer or none: style, content, state, ...

    The labels of all groups in order are the K labels; every group has a softmax of its own, with "none of these"
    as its last class. Background is none in every group.
    """

    def __init__(self, groups: Mapping[str, Sequence[str]], weights: Sequence[float] = ()) -> None:
        """``groups``: the labels of each question; ``weights``: one a label, in order (see ``region_weights``)."""
        self.sizes = [len(labels) for labels in groups.values()]
        ends = list(itertools.accumulate(self.sizes))
        self._parts = [Softmax(size, weights[end - size : end]) for size, end in zip(self.sizes, ends, strict=True)]
        self.n_logits = sum(part.n_logits for part in self._parts)

    def initial_bias(self) -> Tensor:
        """Zeros."""
        return torch.zeros(self.n_logits)

    def loss(self, logits: Tensor, labels: Tensor, counts: Tensor, count: Count = own_count) -> Tensor:
        """The sum of the groups' losses; a group with an unknown label leaves the region out."""
        parts = zip(self._split(logits), labels.split(self.sizes, dim=1), counts.split(self.sizes, dim=1), strict=True)
        losses = [part.loss(*tensors, count) for part, tensors in zip(self._parts, parts, strict=True)]
        return torch.stack(losses).sum()

    def scores(self, logits: Tensor) -> Tensor:
        """The groups' scores side by side."""
        return torch.cat([part.scores(x) for part, x in zip(self._parts, self._split(logits), strict=True)], dim=1)

    def _split(self, logits: Tensor) -> Sequence[Tensor]:
        return logits.split([part.n_logits for part in self._parts], dim=1)
