"""Non-maximum suppression in numpy."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


def iou_with(box: Float, others: Float) -> Float:
    """IoU of one box ``[4]``, or of each of ``[K, 1, 4]``, with others ``[N, 4]``: ``[N]``, ``[K, N]``; 0 for empty."""
    left_top = np.maximum(box[..., :2], others[:, :2])
    right_bottom = np.minimum(box[..., 2:], others[:, 2:])
    sides = np.maximum(right_bottom - left_top, 0)
    shared = sides[..., 0] * sides[..., 1]
    area = (box[..., 2] - box[..., 0]) * (box[..., 3] - box[..., 1])
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    union = area + areas - shared
    return np.where(union > 0, shared / np.maximum(union, np.float32(1e-9)), np.float32(0)).astype(np.float32)


def nms(boxes: Float, scores: Float, threshold: float) -> NDArray[np.intp]:
    """Indices of the boxes that stay, best first: a box goes if its IoU with a better one is over the threshold.

    Args:
        boxes: ``[N, 4]``.
        scores: ``[N]``; equal scores keep their order.
        threshold: Of the IoU; a pair exactly at it stays.
    """
    left = np.argsort(-scores, kind="stable")
    keep = []
    while len(left):
        best, left = left[0], left[1:]
        keep.append(best)
        # Compared in double precision, as torchvision does: at a threshold of 0.3 the fp32 IoU of 0.3 is over it.
        left = left[iou_with(boxes[best], boxes[left]).astype(np.float64) <= threshold]
    return np.array(keep, dtype=np.intp)
