"""ROIAlign as a product with a sparse matrix, for training on processors.

A value of a pooled region is a mean of bilinear samples (He et al. 2017, arXiv 1703.06870), so a weighted sum of some
cells of the feature map: a row of a matrix. The product reads the channels of a cell together, and the way back is the
product with its transpose, on all cores; torchvision's goes channel by channel, on one.
"""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function


def can_be_multiplied(feature: Tensor, sampling_ratio: int) -> bool:
    """Whether ``multiplied`` computes it: on a processor with MKL, samples of a fixed number, and no export."""
    known = feature.device.type == "cpu" and torch.backends.mkl.is_available() and not torch.jit.is_tracing()
    return known and sampling_ratio > 0


def multiplied(feature: Tensor, rois: Tensor, bins: tuple[int, int], scale: float, sampling_ratio: int) -> Tensor:
    """As ``torchvision.ops.roi_align(..., aligned=True)``.

    Args:
        feature: ``[N, C, H, W]``.
        rois: ``[R, 5]``, image and box in input pixels.
        bins: Down and across, P and Q.
        scale: Cells an input pixel.
        sampling_ratio: Samples a bin side.

    Returns:
        ``[R, C, P, Q]``.
    """
    matrix = sampling_matrix(feature, rois, bins, scale, sampling_ratio)
    pooled: Tensor = _Product.apply(feature, matrix)  # [R * P * Q, C]
    return pooled.view(len(rois), *bins, feature.shape[1]).permute(0, 3, 1, 2)


def sampling_matrix(feature: Tensor, rois: Tensor, bins: tuple[int, int], scale: float, sampling_ratio: int) -> Tensor:
    """``[R * P * Q, N * H * W]``, sparse by rows: what each value of each region takes of each cell."""
    height, width = feature.shape[2:]
    rois = rois.detach().to(feature.dtype)
    # Half a pixel back: what a pixel holds lies in its middle.
    left, top, right, bottom = (rois[:, 1:] * scale - 0.5).unbind(1)
    rows, down = _samples(top, bottom, height, bins[0], sampling_ratio)  # [R, P, 2 * S]
    columns, across = _samples(left, right, width, bins[1], sampling_ratio)  # [R, Q, 2 * S]
    first = rois[:, 0].long() * height
    cells = (first[:, None, None] + rows)[:, :, None, :, None] * width + columns[:, None, :, None, :]
    weights = down[:, :, None, :, None] * across[:, None, :, None, :] / sampling_ratio**2  # [R, P, Q, 2 * S, 2 * S]
    each = (2 * sampling_ratio) ** 2
    values = len(rois) * bins[0] * bins[1]
    starts = torch.arange(values + 1, dtype=torch.int32) * each
    shape = (values, feature.shape[0] * height * width)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        # Unchecked: a cell can come twice in a row, which a product does not mind.
        return torch.sparse_csr_tensor(
            starts, cells.reshape(-1).int(), weights.reshape(-1), shape, check_invariants=False
        )


def _samples(low: Tensor, high: Tensor, count: int, bins: int, ratio: int) -> tuple[Tensor, Tensor]:
    """Along one side: the two cells that each sample of each bin lies between, and the weight of each.

    Args:
        low: ``[R]``, where the regions begin, in cells.
        high: ``[R]``, where they end.
        count: Cells of the feature map.
        bins: Along this side, P.
        ratio: Samples a bin, S.

    Returns:
        Cells ``[R, P, 2 * S]`` int64 and weights of the same shape: 0 for samples more than a cell outside.
    """
    size = ((high - low) / bins)[:, None, None]
    number = torch.arange(bins, dtype=low.dtype)[:, None]
    within = torch.arange(ratio, dtype=low.dtype) + 0.5
    place = low[:, None, None] + number * size + within * size / ratio  # [R, P, S]
    inside = (place >= -1) & (place <= count)
    place = torch.where(inside, place, 0).clamp(0, count - 1)
    before = place.floor()
    share = place - before
    cells = torch.stack((before, (before + 1).clamp(max=count - 1)), dim=-1).long()
    weights = torch.stack((1 - share, share), dim=-1) * inside[..., None]
    return cells.flatten(2), weights.flatten(2)


class _Product(Function):
    """The matrix ``[M, N * H * W]`` times ``[N, C, H, W]``, its cells in order: ``[M, C]``."""

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx: Any, feature: Tensor, matrix: Tensor) -> Tensor:
        ctx.matrix, ctx.shape = matrix, feature.shape
        return matrix @ feature.permute(0, 2, 3, 1).reshape(-1, feature.shape[1])

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        n, channels, height, width = ctx.shape
        cells = ctx.matrix.t() @ gradient.contiguous()
        return cells.view(n, height, width, channels).permute(0, 3, 1, 2), None
