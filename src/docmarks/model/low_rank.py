"""A 3x3 convolution of few filters, of which a 1x1 convolution makes all channels.

Channels of a trained network say much the same, so that a fraction of the filters says it too (Zhang et al. 2015,
arXiv 1505.06798, whose split this is).
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class LowRankConv(nn.Module):
    """As a 3x3 convolution, for about ``rank / n_out`` of its multiplications."""

    def __init__(self, n_in: int, n_out: int, rank: int) -> None:
        """``rank``: how many 3x3 filters."""
        super().__init__()
        self.filters = nn.Conv2d(n_in, rank, 3, padding=1, bias=False)
        self.mix = nn.Conv2d(rank, n_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        """``[N, n_in, H, W]`` to ``[N, n_out, H, W]``."""
        mixed: Tensor = self.mix(self.filters(x))
        return mixed

    @classmethod
    @torch.no_grad()
    def of(cls, conv: nn.Conv2d, mean: Tensor, covariance: Tensor, rank: int) -> LowRankConv:
        """The closest to a trained convolution, judged by what it answers.

        Args:
            conv: 3x3, with a bias.
            mean: Of its answers on pages like those it will see, ``[n_out]``.
            covariance: Of the same, ``[n_out, n_out]``.
            rank: How many filters.
        """
        assert conv.bias is not None
        mean = mean.to(conv.weight.dtype)
        directions = torch.linalg.eigh(covariance.double()).eigenvectors[:, -rank:].to(conv.weight.dtype)  # [n_out, r]
        found = cls(conv.in_channels, conv.out_channels, rank)
        weights = {
            "filters.weight": (directions.T @ conv.weight.flatten(1)).unflatten(1, conv.weight.shape[1:]),
            "mix.weight": directions[:, :, None, None],
            "mix.bias": directions @ (directions.T @ (conv.bias - mean)) + mean,
        }
        found.load_state_dict(weights)
        return found


def conv3x3(n_in: int, n_out: int, rank: int | None) -> nn.Conv2d | LowRankConv:
    """A 3x3 convolution; of ``rank`` filters, or of one a channel."""
    return nn.Conv2d(n_in, n_out, 3, padding=1) if rank is None else LowRankConv(n_in, n_out, rank)


def conv_at(conv: nn.Conv2d | LowRankConv, patches: Tensor) -> Tensor:
    """What a convolution answers at single cells: what it sees there, ``[S, n_in * 9]``, to ``[S, n_out]``."""
    if isinstance(conv, LowRankConv):
        return conv_at(conv.mix, conv_at(conv.filters, patches))
    return F.linear(patches, conv.weight.flatten(1), conv.bias)


def worth(conv: nn.Conv2d, rank: int) -> bool:
    """Whether a 3x3 convolution of so many filters takes fewer multiplications."""
    whole = 9 * conv.in_channels * conv.out_channels
    return rank * (9 * conv.in_channels + conv.out_channels) < whole
