"""What several looks at a page say, as one: weighted boxes fusion (Solovyev et al. 2021, arXiv 1910.13302)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Detections
from docmarks.model.config import ModelConfig
from docmarks.runtime.nms import iou_with
from docmarks.runtime.select import Found, merge_labels

SAME = 0.55
"""From this IoU on, boxes of one label in different looks are one mark, as in the paper."""


def fused(looks: Sequence[Detections], config: ModelConfig) -> Detections:
    """The mean of the looks: of the scores, one that has not seen a mark counting 0; of the boxes, by their scores.

    The most confident box of a label takes the nearest to its own confidence from every other look, and so on down.
    (The paper compares with the mean of those taken so far.)

    Args:
        looks: Of one page, in its pixels, in the labels of ``config``.
        config: How many marks stay, and when boxes of several labels become one.
    """
    boxes = np.concatenate([look.boxes for look in looks])
    scores = np.concatenate([look.scores for look in looks])
    look_of = np.repeat(np.arange(len(looks)), [len(look.boxes) for look in looks])
    found: list[Found] = []
    for k in range(len(config.labels)):
        left = np.flatnonzero(scores[:, k] > 0)
        left = left[np.argsort(-scores[left, k], kind="stable")]
        while len(left):
            taken = _same_mark(boxes[left], look_of[left])
            weights = scores[left[taken], k].astype(np.float64)
            place = (weights @ boxes[left[taken]] / weights.sum()).astype(np.float32)
            found.append((float(weights.sum() / len(looks)), k, place))
            left = np.delete(left, taken)
    found.sort(key=lambda pair: -pair[0])
    return merge_labels(found[: config.roi.detections_per_image], config.labels, config.roi.merge_iou)


def _same_mark(boxes: NDArray[np.float32], look_of: NDArray[np.intp]) -> NDArray[np.intp]:
    """Places of the first box and of the first of every other look that is the same mark."""
    near = np.flatnonzero((iou_with(boxes[0], boxes) >= SAME) & (look_of != look_of[0]))
    _, first = np.unique(look_of[near], return_index=True)
    return np.concatenate(([0], near[first]))
