"""What layers answer on pages: their mean and how their channels go together."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Answers:
    """Adds up a layer's output ``[N, C, H, W]`` over all places of all pages, in double precision."""

    def __init__(self, layer: nn.Module) -> None:
        """Listens from now on, until ``close``."""
        self._count, self._sum, self._products = 0, torch.zeros(()), torch.zeros(())
        self._handle = layer.register_forward_hook(self._hear)

    def close(self) -> None:
        """Listens no more."""
        self._handle.remove()

    @torch.no_grad()
    def _hear(self, _layer: nn.Module, _inputs: object, output: Tensor) -> None:
        cells = output.movedim(1, -1).flatten(0, -2).double()  # [N * H * W, C]
        self._count += len(cells)
        self._sum = self._sum + cells.sum(dim=0)
        self._products = self._products + cells.T @ cells

    @property
    def mean(self) -> Tensor:
        """``[C]``."""
        return self._sum / self._count

    @property
    def covariance(self) -> Tensor:
        """``[C, C]``."""
        return self._products / self._count - self.mean[:, None] * self.mean

    def rank(self, keep: float) -> int:
        """In how few directions lies so much of the variance (a share)."""
        share = torch.linalg.eigvalsh(self.covariance).flip(0).clamp(min=0).cumsum(0)
        return int((share < keep * share[-1]).sum()) + 1
