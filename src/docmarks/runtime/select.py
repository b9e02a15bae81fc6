"""From regions to detections: thresholds, NMS a label, the best of the page, one box with several labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Detections
from docmarks.model.config import ModelConfig
from docmarks.runtime.box_voting import voted
from docmarks.runtime.nms import iou_with, nms

Float = NDArray[np.float32]

Found = tuple[float, int, Float]
"""Score, label, box."""


def select(boxes: Float, scores: Float, config: ModelConfig) -> Detections:
    """The final selection.

    Each label is thresholded and suppressed by itself; the best ``detections_per_image`` (region, label) pairs
    stay, each on the mean of the boxes around it where ``vote_iou`` says how near they must be. Then pairs of
    different labels whose boxes overlap by ``merge_iou`` or more become one detection that carries both labels, on
    the box of the more confident one.

    Args:
        boxes: ``[R, 4]`` or, class-wise, ``[R, 4 * K]``.
        scores: ``[R, K]``.
        config: Thresholds and labels.
    """
    labels, roi = config.labels, config.roi
    found: list[Found] = []
    for k in range(len(labels)):
        of_label = boxes if boxes.shape[1] == 4 else boxes[:, 4 * k : 4 * k + 4]
        sides = of_label[:, 2:] - of_label[:, :2]
        candidates = np.flatnonzero((scores[:, k] > roi.score_threshold) & (sides > 0).all(axis=1))
        kept = candidates[nms(of_label[candidates], scores[candidates, k], roi.nms_iou)]
        places = of_label[kept]
        if roi.vote_iou is not None:
            places = voted(places, of_label[candidates], scores[candidates, k], roi.vote_iou)
        found.extend((float(scores[i, k]), k, place) for i, place in zip(kept, places, strict=True))
    found.sort(key=lambda pair: -pair[0])
    return merge_labels(found[: roi.detections_per_image], labels, roi.merge_iou)


def merge_labels(found: list[Found], labels: tuple[str, ...], merge_iou: float) -> Detections:
    """Marks of one label each, the most confident first, with those of several labels in one place as one."""
    boxes = np.zeros((0, 4), np.float32)
    scores = np.zeros((0, len(labels)), np.float32)
    for score, label, box in found:
        overlap = np.where(scores[:, label] == 0, iou_with(box, boxes), 0)
        if len(overlap) and overlap.max() >= merge_iou:
            scores[int(overlap.argmax()), label] = score
            continue
        row = np.zeros((1, len(labels)), np.float32)
        row[0, label] = score
        boxes, scores = np.concatenate((boxes, box[None])), np.concatenate((scores, row))
    return Detections(boxes.astype(np.float32), scores, labels)
