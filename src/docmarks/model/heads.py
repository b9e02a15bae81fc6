"""The second stage's layers and the one interface that makes them single-label, multi-label or multi-task."""

from __future__ import annotations

import math
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from docmarks.model.losses import binary_cross_entropy_sum

PRIOR = 0.02
"""Probability that a fresh sigmoid head gives every label: most regions are background."""


class Classification(Protocol):
    """What the rest of the detector needs to know of a head: how many logits, their loss, their scores."""

    n_logits: int

    def initial_bias(self) -> Tensor:
        """Bias ``[n_logits]`` to start from."""

    def loss(self, logits: Tensor, labels: Tensor, counts: Tensor) -> Tensor:
        """The loss, a scalar.

        Args:
            logits: ``[R, n_logits]``.
            labels: ``[R, K]`` multi-hot; all zero is background.
            counts: ``[R, K]``; False where it is unknown whether the label holds.
        """

    def scores(self, logits: Tensor) -> Tensor:
        """Logits ``[R, n_logits]`` to scores ``[R, K]`` in 0..1."""


class Sigmoid:
    """Multi-label: one binary problem a label; background is the absence of all."""

    def __init__(self, n_labels: int) -> None:
        """K labels, K logits."""
        self.n_logits = n_labels

    def initial_bias(self) -> Tensor:
        """The logit of ``PRIOR``: an untrained head starts near the right base rate."""
        return torch.full((self.n_logits,), -math.log((1 - PRIOR) / PRIOR))

    def loss(self, logits: Tensor, labels: Tensor, counts: Tensor) -> Tensor:
        """Binary cross entropy summed over labels, a mean over regions; unknown entries weigh nothing."""
        return binary_cross_entropy_sum(logits, labels, counts.float()) / max(len(logits), 1)

    def scores(self, logits: Tensor) -> Tensor:
        """The sigmoid of each logit."""
        return logits.float().sigmoid()


class BoxHead(nn.Module):
    """Two fully connected layers over the pooled features."""

    def __init__(self, n_in: int, resolution: int, width: int) -> None:
        """``n_in``: channels of the pooled features."""
        super().__init__()
        self.fc1 = nn.Linear(n_in * resolution**2, width)
        self.fc2 = nn.Linear(width, width)
        for layer in (self.fc1, self.fc2):
            nn.init.kaiming_uniform_(layer.weight, a=1)
            nn.init.zeros_(layer.bias)

    def forward(self, pooled: Tensor) -> Tensor:
        """``[R, C, S, S]`` to ``[R, width]``."""
        return F.relu(self.fc2(F.relu(self.fc1(pooled.flatten(start_dim=1)))))


class BoxPredictor(nn.Module):
    """Label logits and box deltas of every region."""

    def __init__(self, width: int, classification: Classification, n_boxes: int) -> None:
        """``n_boxes``: 1 for class-agnostic regression, else one a label."""
        super().__init__()
        self.labels = nn.Linear(width, classification.n_logits)
        self.deltas = nn.Linear(width, 4 * n_boxes)
        nn.init.normal_(self.labels.weight, std=0.01)
        nn.init.normal_(self.deltas.weight, std=0.001)
        nn.init.zeros_(self.deltas.bias)
        with torch.no_grad():
            self.labels.bias.copy_(classification.initial_bias())

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """``[R, width]`` to logits ``[R, n_logits]`` and deltas ``[R, 4 * n_boxes]``."""
        return self.labels(features), self.deltas(features)
