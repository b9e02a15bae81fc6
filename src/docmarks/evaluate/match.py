"""Pairs detections with ground truth by IoU, in COCO's manner. Written once; every measure uses it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


def intersections(a: Float, b: Float) -> Float:
    """Shared area of every pair: ``[N, 4]``, ``[M, 4]`` to ``[N, M]``."""
    left_top = np.maximum(a[:, None, :2], b[None, :, :2])
    right_bottom = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.maximum(right_bottom - left_top, 0)
    return np.asarray(sides[..., 0] * sides[..., 1])


def areas(boxes: Float) -> Float:
    """``[N, 4]`` to ``[N]``."""
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))


def iou_matrix(a: Float, b: Float) -> Float:
    """Intersection over union of every pair: ``[N, 4]``, ``[M, 4]`` to ``[N, M]``; 0 where both are empty."""
    shared = intersections(a, b)
    union = areas(a)[:, None] + areas(b)[None, :] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def covered_matrix(boxes: Float, regions: Float) -> Float:
    """Share of each box that each region covers: ``[N, 4]``, ``[M, 4]`` to ``[N, M]``."""
    shared = intersections(boxes, regions)
    own = np.broadcast_to(areas(boxes)[:, None], shared.shape)
    return np.divide(shared, own, out=np.zeros_like(shared), where=own > 0)


@dataclass(frozen=True)
class Matched:
    """The outcome for one label on one page, detections in descending order of score.

    Attributes:
        scores: ``[D]``.
        truth: ``[T, D]``, for each of T IoU thresholds, the index of the matched ground truth, or -1.
        ignored: ``[T, D]`` bool, detections that an ignored region takes out of the count.
        n_truth: Ground truths that count.
    """

    scores: Float
    truth: NDArray[np.int64]
    ignored: NDArray[np.bool_]
    n_truth: int


def match(boxes: Float, scores: Float, truth: Float, ignored: Float, thresholds: Float, limit: int = 100) -> Matched:
    """Greedy matching: the most confident detection first takes the free ground truth that it overlaps most.

    A detection without a partner is ignored if an ignored region covers it to the threshold (as COCO's crowd
    regions do, which may take any number of detections).

    Args:
        boxes: ``[D, 4]`` of one label on one page.
        scores: ``[D]``.
        truth: ``[G, 4]``.
        ignored: ``[I, 4]``.
        thresholds: ``[T]`` minimum IoU, over 0.
        limit: Only so many detections count, the best.
    """
    order = np.argsort(-scores, kind="stable")[:limit]
    boxes, scores = boxes[order], scores[order]
    least = np.minimum(thresholds, 1 - 1e-10)  # [T]
    found = np.full((len(least), len(boxes)), -1, np.int64)
    if len(truth):
        overlap = iou_matrix(boxes, truth)  # [D, G]
        free = np.ones((len(least), len(truth)), np.bool_)
        # All thresholds at once, and only the detections that can have a partner at any.
        for d in np.flatnonzero(overlap.max(axis=1) >= least.min()):
            candidates = np.where(free, overlap[d], -1.0)  # [T, G]
            # Of equal overlaps COCO takes the last.
            best = len(truth) - 1 - np.argmax(candidates[:, ::-1], axis=1)  # [T]
            takes = np.flatnonzero(candidates[np.arange(len(least)), best] >= least)
            found[takes, d], free[takes, best[takes]] = best[takes], False
    cover = covered_matrix(boxes, ignored).max(axis=1, initial=0)  # [D]
    return Matched(scores, found, (found < 0) & (cover >= least[:, None]), len(truth))
