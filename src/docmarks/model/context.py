"""What stands around a region (context of Gidaris and Komodakis 2015, arXiv 1505.01749).

Strokes behind "Date:" are a date, the same strokes above a typed name may be a signature: some labels are told apart by
their neighbours.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from docmarks.model import boxes
from docmarks.model.pooler import CANONICAL_SIZE, Poolable, ROIPooler

MARGIN = 32.0
"""Pixels that are seen around the smallest region: two lines of type of a page at its usual size."""

USUAL_BINS = 7
"""With so many, a region of the canonical size has two cells of p4 a bin (He et al. 2017)."""


def surroundings(proposals: Tensor) -> Tensor:
    """Boxes grown on every side by the side of a square of their area and ``MARGIN``: ``[R, 4]`` to the same.

    As far up and down as to the left and right, so that a line of writing sees the lines around it, too.
    """
    margin = boxes.area(proposals).clamp(min=0).sqrt() + MARGIN
    return torch.cat((proposals[:, :2] - margin[:, None], proposals[:, 2:] + margin[:, None]), dim=1)


class ContextPooler(nn.Module):
    """Features of each region's surroundings, the region itself in their middle."""

    def __init__(self, bins: int, sampling_ratio: int) -> None:
        """``bins``: down and across; ``sampling_ratio``: as of the regions."""
        super().__init__()
        # Fewer bins are read from a coarser level, so that samples do not skip cells.
        self.pooler = ROIPooler((bins, bins), sampling_ratio, CANONICAL_SIZE * bins / USUAL_BINS)

    def forward(self, levels: Poolable, proposals: Tensor, image_index: Tensor) -> Tensor:
        """As ``ROIPooler``: ``[R, C, bins, bins]``. What lies beyond the page is zero."""
        pooled: Tensor = self.pooler(levels, surroundings(proposals), image_index)
        return pooled
