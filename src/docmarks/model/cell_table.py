"""ROIAlign as a product with a sparse matrix, for training on processors.

A value of a pooled region is a mean of bilinear samples (He et al. 2017, arXiv 1703.06870), so a weighted sum of some
cells of the pyramid: a row of a matrix. The product reads the channels of a cell together, and the way back is the
product with its transpose, on all cores; torchvision's goes channel by channel, on one.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from docmarks.model.config import STRIDES


def can_be_multiplied(feature: Tensor, sampling_ratio: int) -> bool:
    """Whether a ``CellTable`` pools it: on a processor with MKL, samples of a fixed number, and no export."""
    known = feature.device.type == "cpu" and torch.backends.mkl.is_available() and not torch.jit.is_tracing()
    return known and sampling_ratio > 0


class CellTable:
    """The cells of p2..p5 of a batch, one below another: regions of all levels are pooled at once.

    Every pooling hands the table on to the next, so that on the way back one gradient of its size is filled, not one a
    pooling.
    """

    def __init__(self, levels: Sequence[Tensor]) -> None:
        """``levels``: p2, p3... each ``[N, C, H, W]``; computed in single precision at least."""
        rows = [level.permute(0, 2, 3, 1).reshape(-1, level.shape[1]) for level in levels]
        joined = torch.cat(rows)
        self._cells = joined.to(torch.promote_types(joined.dtype, torch.float32))  # [T, C]
        self._height = torch.tensor([level.shape[2] for level in levels])
        self._width = torch.tensor([level.shape[3] for level in levels])
        ends = torch.tensor([len(of_level) for of_level in rows]).cumsum(0)
        self._first = torch.cat((torch.zeros(1, dtype=torch.int64), ends[:-1]))
        self._scale = 1 / torch.tensor(STRIDES[: len(levels)])

    def pooled(
        self, regions: Tensor, image_index: Tensor, assigned: Tensor, bins: tuple[int, int], sampling_ratio: int
    ) -> Tensor:
        """As ``torchvision.ops.roi_align(..., aligned=True)`` of the level of each.

        Args:
            regions: ``[R, 4]`` in input pixels.
            image_index: ``[R]``, which of the N images each belongs to.
            assigned: ``[R]``, which of the levels each is pooled from, 0 the first.
            bins: Down and across, P and Q.
            sampling_ratio: Samples a bin side, S.

        Returns:
            ``[R, C, P, Q]``.
        """
        matrix = self._matrix(regions.detach(), image_index, assigned, bins, sampling_ratio)
        pooled, self._cells = _Product.apply(self._cells, matrix)  # [R * P * Q, C]
        values: Tensor = pooled.view(len(regions), *bins, self._cells.shape[1])
        return values.permute(0, 3, 1, 2)

    def _matrix(
        self, regions: Tensor, image_index: Tensor, assigned: Tensor, bins: tuple[int, int], ratio: int
    ) -> Tensor:
        """``[R * P * Q, T]``, sparse by rows: what each value of each region takes of each cell."""
        assigned = assigned.clamp(0, len(self._first) - 1)  # of regions without a number, too, which read nothing
        height, width = self._height[assigned], self._width[assigned]
        # Half a pixel back: what a pixel holds lies in its middle.
        scaled = regions.to(self._cells.dtype) * self._scale[assigned, None] - 0.5
        left, top, right, bottom = scaled.unbind(1)
        rows, down = _samples(top, bottom, height, bins[0], ratio)  # [R, P, 2 * S]
        columns, across = _samples(left, right, width, bins[1], ratio)  # [R, Q, 2 * S]
        above = self._first[assigned] + image_index * height * width  # cells in the table before those of the image
        rows = above[:, None, None] + rows * width[:, None, None]
        # A third of the entries, or more of small regions: cells that several samples of a bin lie at come once.
        in_rows, in_columns = down != 0, across != 0
        used = in_rows[:, :, None, :, None] & in_columns[:, None, :, None, :]  # [R, P, Q, 2 * S, 2 * S]
        cells = rows.int()[:, :, None, :, None] + columns.int()[:, None, :, None, :]
        weights = down[:, :, None, :, None] * (across / ratio**2)[:, None, :, None, :]
        counts = in_rows.sum(dim=2)[:, :, None] * in_columns.sum(dim=2)[:, None, :]  # [R, P, Q]
        starts = torch.cat((counts.new_zeros(1), counts.flatten().cumsum(0))).int()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
            # Unchecked: the cells of a row need no order for a product.
            return torch.sparse_csr_tensor(
                starts,
                cells.masked_select(used),
                weights.masked_select(used),
                (counts.numel(), len(self._cells)),
                check_invariants=False,
            )


def _samples(low: Tensor, high: Tensor, count: Tensor, bins: int, ratio: int) -> tuple[Tensor, Tensor]:
    """Along one side: the cells that the samples of each bin lie between, and the weight of each.

    Args:
        low: ``[R]``, where the regions begin, in cells.
        high: ``[R]``, where they end.
        count: ``[R]``, cells of the level.
        bins: Along this side, P.
        ratio: Samples a bin, S.

    Returns:
        Cells ``[R, P, 2 * S]`` int64 and weights of the same shape: 0 for samples more than a cell outside, and for
        all places of a cell in a bin but its first, which has the sum.
    """
    last = (count - 1).to(low.dtype)[:, None, None]
    size = ((high - low) / bins)[:, None, None]
    number = torch.arange(bins, dtype=low.dtype)[:, None]
    within = torch.arange(ratio, dtype=low.dtype) + 0.5
    place = low[:, None, None] + number * size + within * size / ratio  # [R, P, S]
    inside = (place >= -1) & (place <= last + 1)
    place = torch.minimum(torch.where(inside, place, 0).clamp(min=0), last)
    before = place.floor()
    share = place - before
    cells = torch.stack((before, torch.minimum(before + 1, last)), dim=-1).flatten(2).long()
    weights = (torch.stack((1 - share, share), dim=-1) * inside[..., None]).flatten(2)
    same = cells[..., :, None] == cells[..., None, :]  # [R, P, 2 * S, 2 * S]
    first = ~same.tril(-1).any(dim=-1)
    return cells, (same * weights[..., None, :]).sum(dim=-1) * first


class _Product(Function):
    """The matrix ``[M, T]`` times the table ``[T, C]``, ``[M, C]``, and the table itself."""

    @staticmethod
    @torch.amp.custom_fwd(device_type="cpu", cast_inputs=torch.float32)
    def forward(ctx: Any, table: Tensor, matrix: Tensor) -> tuple[Tensor, Tensor]:
        ctx.set_materialize_grads(False)
        ctx.matrix, ctx.shape = matrix, table.shape
        # Into zeros: of ``matrix @ table`` torch makes two results and copies one into the other.
        return table.new_zeros(len(matrix), table.shape[1]).addmm_(matrix, table), table

    @staticmethod
    @torch.amp.custom_bwd(device_type="cpu")
    def backward(ctx: Any, gradient: Tensor | None, of_later: Tensor | None) -> tuple[Tensor | None, None]:
        if gradient is None:
            return of_later, None
        # What later poolings gave is theirs and nobody else's: it may be added to where it is.
        cells = gradient.new_zeros(ctx.shape) if of_later is None else of_later
        return cells.addmm_(ctx.matrix.t(), gradient.contiguous()), None
