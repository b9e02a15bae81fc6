"""Exponential moving average of the weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Average:
    """A smoothed copy of a model's parameters and buffers; it is what validation sees and export takes."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        """Starts at the model's own weights."""
        self.decay = decay
        self.state = {name: value.detach().clone() for name, value in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """Moves towards the model; quickly at first, so that the start is forgotten."""
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, value in model.state_dict().items():
            mine = self.state[name]
            if mine.dtype.is_floating_point:
                mine.lerp_(value.to(mine.dtype), 1 - decay)
            else:
                mine.copy_(value)

    def load(self, state: dict[str, Tensor]) -> None:
        """Continues from a saved average."""
        for name, value in state.items():
            self.state[name].copy_(value)
