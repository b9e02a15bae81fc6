"""The second stage's layers."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from docmarks.model.classification import Classification


class BoxHead(nn.Module):
    """Two fully connected layers over the pooled features; the first sees the surroundings, too, if there are any."""

    def __init__(
        self, n_in: int, bins: tuple[int, int], width: int, dropout: float = 0.0, context: int | None = None
    ) -> None:
        """Builds it.

        Args:
            n_in: Channels of the pooled features.
            bins: Down, across.
            width: Of both layers.
            dropout: After each of them.
            context: Bins of the surroundings, down and across; None without.
        """
        super().__init__()
        self.fc1 = nn.Linear(n_in * bins[0] * bins[1], width)
        self.fc2 = nn.Linear(width, width)
        # From zero: a network that has learnt without surroundings answers at first as it did.
        self.around = nn.Linear(n_in * context**2, width, bias=False) if context else None
        if self.around is not None:
            nn.init.zeros_(self.around.weight)
        self.dropout = dropout
        for layer in (self.fc1, self.fc2):
            nn.init.kaiming_uniform_(layer.weight, a=1)
            nn.init.zeros_(layer.bias)

    def forward(self, pooled: Tensor, context: Tensor | None = None) -> Tensor:
        """``[R, C, *bins]`` and, if it sees any, the surroundings ``[R, C, bins, bins]`` to ``[R, width]``."""
        features = _of_all_values(self.fc1, pooled)
        if self.around is not None and context is not None:
            features = features + _of_all_values(self.around, context)
        return self._dropped(F.relu(self.fc2(self._dropped(F.relu(features)))))

    def _dropped(self, features: Tensor) -> Tensor:
        # Not even a node of the graph where nothing is dropped: exported networks stay as they are.
        return F.dropout(features, self.dropout) if self.training and self.dropout > 0 else features


def _of_all_values(layer: nn.Linear, pooled: Tensor) -> Tensor:
    """The layer over the values of each region, ``[R, C, P, Q]``, read as they lie: a batch of them is 100 MB."""
    if pooled.is_contiguous():
        answers: Tensor = layer(pooled.flatten(start_dim=1))
        return answers
    weight = layer.weight.view(-1, *pooled.shape[1:]).permute(0, 2, 3, 1).flatten(start_dim=1)
    return F.linear(pooled.permute(0, 2, 3, 1).flatten(start_dim=1), weight, layer.bias)


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
