"""Box arithmetic on tensors; boxes are (left, top, right, bottom), without any "+1"."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

MAX_LOG_SCALE = math.log(1000.0 / 16)
"""dw and dh are clamped to this from above, so that a wild prediction cannot overflow."""


def area(boxes: Tensor) -> Tensor:
    """``[..., N, 4]`` to ``[..., N]``."""
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def intersection(a: Tensor, b: Tensor) -> Tensor:
    """Shared area of every pair: ``[..., N, 4]``, ``[..., M, 4]`` to ``[..., N, M]``."""
    # Coordinate by coordinate: pairs of numbers in the innermost place are beyond a processor's wide registers.
    left, top, right, bottom = a.movedim(-1, 0).contiguous()[..., None]
    other_left, other_top, other_right, other_bottom = b.movedim(-1, 0).contiguous()[..., None, :]
    width = (torch.minimum(right, other_right) - torch.maximum(left, other_left)).clamp(min=0)
    return width * (torch.minimum(bottom, other_bottom) - torch.maximum(top, other_top)).clamp(min=0)


def iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union of every pair: ``[..., N, 4]``, ``[..., M, 4]`` to ``[..., N, M]``; 0 for empty boxes."""
    shared = intersection(a, b)
    union = area(a)[..., None] + area(b)[..., None, :] - shared
    return torch.where(shared > 0, shared / union, torch.zeros_like(shared))


def covered(boxes: Tensor, regions: Tensor) -> Tensor:
    """Share of each box that its best region covers: ``[..., N, 4]``, ``[..., M, 4]`` to ``[..., N]``; 0 if none."""
    if regions.shape[-2] == 0:
        return boxes.new_zeros((*torch.broadcast_shapes(boxes.shape[:-2], regions.shape[:-2]), boxes.shape[-2]))
    shares = intersection(boxes, regions) / area(boxes).clamp(min=1e-6)[..., None]
    return shares.amax(dim=-1)


def clip(boxes: Tensor, height: int | Tensor, width: int | Tensor) -> Tensor:
    """Boxes cut off at the image's edges: ``[N, 4]``."""
    x0, y0, x1, y1 = boxes.unbind(dim=-1)
    zero = torch.zeros((), dtype=boxes.dtype, device=boxes.device)
    w = torch.as_tensor(width, dtype=boxes.dtype, device=boxes.device)
    h = torch.as_tensor(height, dtype=boxes.dtype, device=boxes.device)

    def within(values: Tensor, limit: Tensor) -> Tensor:
        return torch.minimum(torch.maximum(values, zero), limit)

    return torch.stack((within(x0, w), within(y0, h), within(x1, w), within(y1, h)), dim=-1)


@dataclass(frozen=True)
class BoxCoder:
    """Boxes as deltas (dx, dy, dw, dh) from reference boxes (Girshick et al. 2014, appendix C).

    Attributes:
        weights: Factors of the four deltas; (1, 1, 1, 1) in the RPN, (10, 10, 5, 5) in the second stage.
    """

    weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)

    def encode(self, reference: Tensor, target: Tensor) -> Tensor:
        """Deltas that turn ``reference`` into ``target``: ``[N, 4]``, ``[N, 4]`` to ``[N, 4]``."""
        rw, rh = reference[:, 2] - reference[:, 0], reference[:, 3] - reference[:, 1]
        tw, th = target[:, 2] - target[:, 0], target[:, 3] - target[:, 1]
        rx, ry = reference[:, 0] + 0.5 * rw, reference[:, 1] + 0.5 * rh
        tx, ty = target[:, 0] + 0.5 * tw, target[:, 1] + 0.5 * th
        wx, wy, ww, wh = self.weights
        dx, dy = wx * (tx - rx) / rw, wy * (ty - ry) / rh
        dw, dh = ww * torch.log(tw / rw), wh * torch.log(th / rh)
        return torch.stack((dx, dy, dw, dh), dim=1)

    def decode(self, reference: Tensor, deltas: Tensor) -> Tensor:
        """The boxes that the deltas mean: ``[N, 4]``, ``[N, 4 * k]`` to ``[N, 4 * k]``."""
        deltas = deltas.float()
        # Spelt out, since of no boxes at all a length cannot be left open; a plain number when it is traced.
        k = int(deltas.shape[1]) // 4
        d = deltas.reshape(-1, k, 4)  # [N, k, 4]
        w, h = reference[:, 2] - reference[:, 0], reference[:, 3] - reference[:, 1]
        x, y = reference[:, 0] + 0.5 * w, reference[:, 1] + 0.5 * h
        wx, wy, ww, wh = self.weights
        cx = d[..., 0] / wx * w[:, None] + x[:, None]
        cy = d[..., 1] / wy * h[:, None] + y[:, None]
        pw = torch.exp((d[..., 2] / ww).clamp(max=MAX_LOG_SCALE)) * w[:, None]
        ph = torch.exp((d[..., 3] / wh).clamp(max=MAX_LOG_SCALE)) * h[:, None]
        boxes = torch.stack((cx - 0.5 * pw, cy - 0.5 * ph, cx + 0.5 * pw, cy + 0.5 * ph), dim=-1)
        return boxes.reshape(deltas.shape)
