"""A small network that tells which way up a page lies."""

from __future__ import annotations

import torch
from torch import Tensor, nn

QUARTERS = 4
"""Quarter turns that a page may need."""

EVIDENCE = 256.0
"""Places of the page that agree, for one unit of a logit: neighbours see nearly the same."""


class UprightNetwork(nn.Module):
    """Every place of the page says what its letters look like, and the page is the sum of what they say.

    A place sees 49 pixels across, two or three letters, in steps of 8. So a page of any size can be asked, a few
    lines on their side are outvoted, and white paper says nothing. Forty thousand weights.
    """

    def __init__(self) -> None:
        """With random weights."""
        super().__init__()
        self.places = nn.Sequential(
            *_convolution(1, 16, 5, stride=2),
            *_convolution(16, 32, 3, stride=2),
            *_convolution(32, 48, 3, stride=2),
            *_convolution(48, 48, 3, dilation=2),
            nn.Conv2d(48, QUARTERS, 1),
        )

    def forward(self, pages: Tensor) -> Tensor:
        """Logits ``[N, 4]`` of the quarter turns, counter-clockwise, that set each page upright.

        Args:
            pages: ``[N, 1, H, W]``, grey in 0..255, at the size at which a detector sees pages.
        """
        said: Tensor = self.places((255.0 - pages) / 128.0)
        return said.flatten(2).sum(2) / EVIDENCE


def turned_all_ways(pages: Tensor) -> tuple[Tensor, Tensor]:
    """Crops ``[N, 1, S, S]`` of upright pages in all four turns, ``[4 N, 1, S, S]``, and which turn undoes each."""
    turns = [torch.rot90(pages, -quarters, (2, 3)) for quarters in range(QUARTERS)]
    return torch.cat(turns), torch.arange(QUARTERS).repeat_interleave(len(pages))


def _convolution(channels: int, wider: int, kernel: int, stride: int = 1, dilation: int = 1) -> list[nn.Module]:
    padding = dilation * (kernel // 2)
    layer = nn.Conv2d(channels, wider, kernel, stride, padding, dilation, bias=False)
    return [layer, nn.BatchNorm2d(wider), nn.ReLU()]
