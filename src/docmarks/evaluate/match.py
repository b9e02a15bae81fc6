"""Pairs detections with ground truth by IoU, in COCO's manner. Written once; every measure uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]
Index = NDArray[np.int64]
Bool = NDArray[np.bool_]

WRONG, RIGHT, IGNORED = 0, 1, 2
"""What became of a detection: no partner; a ground truth that counts; out of the count."""

PAIRS_AT_ONCE = 2**17
"""Memory stays flat: so many pairs of detection and ground truth are looked at together."""


def areas(boxes: Float) -> Float:
    """``[..., 4]`` to ``[...]``."""
    return np.asarray((boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1]))


def iou_matrix(a: Float, b: Float) -> Float:
    """Intersection over union of every pair: ``[N, 4]``, ``[M, 4]`` to ``[N, M]``; 0 where both are empty."""
    return iou(a[:, None], b[None])


def covered_matrix(boxes: Float, regions: Float) -> Float:
    """Share of each box that each region covers: ``[N, 4]``, ``[M, 4]`` to ``[N, M]``."""
    return covered(boxes[:, None], regions[None])


def iou(a: Float, b: Float) -> Float:
    """Intersection over union of boxes ``[..., 4]`` that broadcast; 0 where both are empty."""
    shared = _shared(a, b)
    union = areas(a) + areas(b) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def covered(boxes: Float, regions: Float) -> Float:
    """Share of each box ``[..., 4]`` that its region covers; 0 for an empty box."""
    shared = _shared(boxes, regions)
    own = np.broadcast_to(areas(boxes), shared.shape)
    return np.divide(shared, own, out=np.zeros_like(shared), where=own > 0)


def _shared(a: Float, b: Float) -> Float:
    width = np.minimum(a[..., 2], b[..., 2]) - np.maximum(a[..., 0], b[..., 0])
    height = np.minimum(a[..., 3], b[..., 3]) - np.maximum(a[..., 1], b[..., 1])
    return np.asarray(np.maximum(width, 0) * np.maximum(height, 0))


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
    truth: Index
    ignored: Bool
    n_truth: int


@dataclass(frozen=True)
class Boxes:
    """Boxes of many pages.

    Attributes:
        boxes: ``[N, 4]``.
        page: ``[N]``, ascending.
    """

    boxes: Float
    page: Index


def match_groups(
    found: Boxes, truth: Boxes, crowd: Bool, counts: Bool, aside: Bool, thresholds: Float
) -> tuple[NDArray[np.uint8], Index]:
    """The greedy matching of one label on many pages at once, for several ranges of size.

    A detection takes the ground truth of its page that it overlaps most: of those that count in the range, or else
    of the others and the crowd regions, and is then ignored. Of equal overlaps COCO takes the last.

    Args:
        found: D detections; on a page the most confident first.
        truth: G ground truths and crowd regions, in the order of the annotations.
        crowd: ``[G]``, regions that may take any number of detections.
        counts: ``[A, G]``, for each of A ranges, which ground truths count in it.
        aside: ``[A, D]``, detections that are ignored in a range if they find no partner.
        thresholds: ``[T]`` minimum IoU, over 0.

    Returns:
        Outcome ``[A, T, D]`` (WRONG, RIGHT, IGNORED) and, for the first range, the partner's index ``[T, D]``, or -1.
    """
    least = np.minimum(thresholds, 1 - 1e-10)
    outcome = np.zeros((len(counts), len(least), len(found.page)), np.uint8)
    partner = np.full((len(least), len(found.page)), -1, np.int64)
    taken = np.zeros((len(counts), len(least), len(truth.page)), np.bool_)
    for d, g in _pairs(found.page, truth.page):
        overlap = np.where(
            crowd[g],
            covered(found.boxes[d], truth.boxes[g]),
            iou(found.boxes[d], truth.boxes[g]),
        )
        near = overlap >= least.min()
        d, g, overlap = d[near], g[near], overlap[near]
        best_last = np.lexsort((g, overlap, d))
        d, g, overlap = d[best_last], g[best_last], overlap[best_last]
        for turn in _turns(found.page, d):
            one, at = _take(d[turn], g[turn], overlap[turn], taken, crowd, counts, least)
            a, t, n = np.nonzero(at >= 0)
            region = g[turn][at[a, t, n]]
            taken[a, t, region] = True
            outcome[a, t, one[n]] = np.where(counts[a, region], RIGHT, IGNORED)
            first = a == 0
            partner[t[first], one[n[first]]] = region[first]
    outcome[(outcome == WRONG) & aside[:, None]] = IGNORED
    return outcome, partner


def _pairs(found: Index, truth: Index) -> Iterator[tuple[Index, Index]]:
    """Index pairs of detections and ground truths of the same page, whole pages at a time."""
    first, last = np.searchsorted(truth, found, "left"), np.searchsorted(truth, found, "right")
    seen = np.concatenate(([0], np.cumsum(last - first)))  # pairs before each detection
    start = 0
    while start < len(found):
        stop = max(start + 1, int(np.searchsorted(seen, seen[start] + PAIRS_AT_ONCE, "right")) - 1)
        if stop < len(found):  # not within a page, unless one alone is too large
            whole = int(np.searchsorted(found, found[stop], "left"))
            stop = whole if whole > start else int(np.searchsorted(found, found[start], "right"))
        n = (last - first)[start:stop]
        d = np.repeat(np.arange(start, stop), n)
        yield d, np.arange(len(d)) - np.repeat(seen[start:stop] - seen[start], n) + np.repeat(first[start:stop], n)
        start = stop


def _turns(page: Index, d: Index) -> Iterator[Index]:
    """The pairs whose detection is the first of its page that has any, then the second, and so on.

    Pages do not touch one another, so all of them take a turn together.
    """
    candidates, pairs = np.unique(d, return_counts=True)
    of = page[candidates]
    turn = np.repeat(np.arange(len(of)) - np.searchsorted(of, of, "left"), pairs)
    order = np.argsort(turn, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(turn[order])) + 1) if len(order) else ()


def _take(
    d: Index, g: Index, overlap: Float, taken: Bool, crowd: Bool, counts: Bool, least: Float
) -> tuple[Index, NDArray[np.int32]]:
    """The detections of a turn ``[n]``, and which pair each takes ``[A, T, n]``, or -1; the best pair comes last."""
    starts = np.concatenate(([0], np.flatnonzero(np.diff(d)) + 1))
    size = len(d)
    free = (~taken[:, :, g] | crowd[g]) & (overlap >= least[:, None])
    # Those that count in the range are better than all others.
    rank = np.arange(size, dtype=np.int32) + size * counts[:, None, g].astype(np.int32)
    best = np.maximum.reduceat(np.where(free, rank, np.int32(-1)), starts, axis=2)
    return d[starts], np.where(best >= size, best - size, best).astype(np.int32)
