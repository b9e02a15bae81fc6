"""Box voting (Gidaris and Komodakis 2015, arXiv 1505.01749): what NMS throws away helps to say where a mark ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from docmarks.runtime.nms import iou_with

Float = NDArray[np.float32]


def voted(kept: Float, boxes: Float, scores: Float, iou: float) -> Float:
    """The mean of the boxes that overlap each that is kept by ``iou`` or more, each weighted by its score: ``[K, 4]``.

    Args:
        kept: ``[K, 4]``, not empty ones.
        boxes: ``[N, 4]``, all that were found for their label, those kept among them.
        scores: ``[N]``, over 0.
        iou: From this IoU on a box has a vote.
    """
    votes = iou_with(kept[:, None], boxes) >= iou  # [K, N]
    weights = np.where(votes, scores, np.float32(0)).astype(np.float64)
    total = weights.sum(axis=1, keepdims=True)
    # Rounding may deny a box its own IoU of 1; alone, it stays where it is.
    return np.where(total > 0, weights @ boxes / np.maximum(total, 1e-9), kept).astype(np.float32)
