"""How well anchors fit boxes, without the network."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from docmarks.model.config import STRIDES, AnchorConfig

GOOD_IOU = 0.5


def best_iou(widths: ArrayLike, heights: ArrayLike, anchors: AnchorConfig) -> NDArray[np.float64]:
    """IoU of each box with its best anchor, with the box anywhere on the grid: averaged over where it may fall.

    Args:
        widths: ``[...]`` in pixels of the network's input, over 0.
        heights: ``[...]``.
        anchors: Sizes and ratios, as ``model.anchors.cell_anchors`` lays them out.
    """
    w, h = np.asarray(widths, np.float64), np.asarray(heights, np.float64)
    best = np.zeros(np.broadcast(w, h).shape)
    for stride, sizes in zip(STRIDES, anchors.sizes, strict=True):
        offset = stride / 4  # a box's middle is on average so far from the next cell's, along either side
        for size in sizes:
            for ratio in anchors.ratios:
                aw, ah = size / math.sqrt(ratio), size * math.sqrt(ratio)
                shared_w = np.minimum(w / 2, offset + aw / 2) - np.maximum(-w / 2, offset - aw / 2)
                shared_h = np.minimum(h / 2, offset + ah / 2) - np.maximum(-h / 2, offset - ah / 2)
                shared = np.maximum(shared_w, 0) * np.maximum(shared_h, 0)
                best = np.maximum(best, shared / (w * h + aw * ah - shared))
    return best
