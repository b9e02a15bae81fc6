"""Predictions and ground truths sorted into what is right, each kind of wrong, and what is missed, as TIDE does.

Bolya et al., "TIDE: A General Toolbox for Identifying Object Detection Errors", ECCV 2020, section 2.2. A prediction
takes a ground truth of its label as in COCO. One that gets none is told by what it lies on: IoU with ground truths of
its own label, of others, and those that another prediction has already.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.error_kinds import BOTH, CLASS, DUPLICATE, LOCATION, NOTHING, Bool, Errors, Points
from docmarks.evaluate.match import covered_matrix, iou_matrix
from docmarks.evaluate.pairs import NONE, Float, Int, PageSides, sides
from docmarks.marks import Detections

FOREGROUND, BACKGROUND = 0.5, 0.1
"""The paper's IoU thresholds: from the first on a box is right, up to the second it is on nothing."""

LIMIT = 100
"""Predictions a page, the most confident."""


def find_errors(
    predictions: Sequence[Detections],
    pages: Sequence[DatasetPage],
    labels: Sequence[str],
) -> Errors:
    """Sorts every page's predictions and ground truths into right, the kinds of wrong, and missed.

    Args:
        predictions: One a page.
        pages: In the same labels; only labels that are exhaustive on a page count there.
        labels: The K labels.
    """
    found = [
        _sort(sides(detections, page, labels), len(labels)) for detections, page in zip(predictions, pages, strict=True)
    ]
    nothing = Errors(
        Points(_INT, _FLOAT, _BOOL, np.zeros(len(labels), np.int64)),
        *(_INT, _INT, _INT, _FLOAT, _BOOL, _BOOL),
        *(np.zeros(len(labels), np.int64),) * 2,
    )
    parts = [nothing, *found]
    return Errors(
        Points(
            np.concatenate([part.correct.label for part in parts]),
            np.concatenate([part.correct.score for part in parts]),
            np.concatenate([part.correct.right for part in parts]),
            np.sum([part.correct.n_truth for part in parts], axis=0),
        ),
        np.concatenate([part.kind for part in parts]),
        np.concatenate([part.label for part in parts]),
        np.concatenate([part.true_label for part in parts]),
        np.concatenate([part.score for part in parts]),
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.mendable for part in parts]),
        np.sum([part.unfound for part in parts], axis=0),
        np.sum([part.missed for part in parts], axis=0),
    )


_INT, _FLOAT, _BOOL = np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_)


def _sort(side: PageSides, n_labels: int) -> Errors:
    boxes, labels, scores = side.boxes[:LIMIT], side.labels[:LIMIT], side.scores[:LIMIT]
    n_truth = np.bincount(side.truth_labels, minlength=n_labels)
    overlap = iou_matrix(boxes, side.truth_boxes)  # [P, T]
    same = labels[:, None] == side.truth_labels[None, :]
    own, other = np.where(same, overlap, 0), np.where(same, 0, overlap)
    taken = _take(own)  # [P]
    used = np.zeros(len(side.truth_labels), np.bool_)
    used[taken[taken >= 0]] = True
    wrong = np.flatnonzero(taken < 0)
    kind, truth = _kinds(own[wrong], other[wrong], overlap[wrong], used)
    # The paper's own code lets the region take what it covers by more than the threshold, COCO's by the threshold too.
    counts = covered_matrix(boxes[wrong], side.ignored).max(axis=1, initial=0) <= FOREGROUND
    mendable = np.zeros(len(wrong), np.bool_)
    usable = np.zeros(len(used), np.bool_)
    for i in np.flatnonzero(truth >= 0):  # most confident first
        if not used[truth[i]] and not usable[truth[i]]:
            mendable[i] = usable[truth[i]] = True
    right = np.flatnonzero(taken >= 0)
    return Errors(
        Points(labels[right], scores[right], np.ones(len(right), np.bool_), n_truth),
        kind,
        labels[wrong],
        np.where(truth >= 0, side.truth_labels[truth] if len(used) else NONE, NONE),
        scores[wrong],
        counts,
        mendable,
        np.bincount(side.truth_labels[~used], minlength=n_labels),
        np.bincount(side.truth_labels[~used & ~usable], minlength=n_labels),
    )


def _take(own: Float) -> Int:
    """Each prediction's ground truth of its label: the free one that it overlaps most, the most confident first."""
    taken = np.full(len(own), NONE)
    left = own.copy()
    for p in range(len(own) if own.size else 0):
        best = int(left[p].argmax())
        if left[p, best] >= FOREGROUND:
            taken[p] = best
            left[:, best] = 0
    return taken


def _kinds(own: Float, other: Float, overlap: Float, used: Bool) -> tuple[Int, Int]:
    """The kind of each false prediction, and the ground truth that it could have had, or -1."""
    kind, truth = np.full(len(own), NOTHING), np.full(len(own), NONE)
    if not own.size:
        return kind, truth
    near, confused = own.argmax(axis=1), other.argmax(axis=1)
    badly = (own.max(axis=1) >= BACKGROUND) & (own.max(axis=1) <= FOREGROUND)
    mistaken = ~badly & (other.max(axis=1) >= FOREGROUND)
    twice = ~badly & ~mistaken & (np.where(used, own, 0).max(axis=1) >= FOREGROUND)
    lone = ~badly & ~mistaken & ~twice & (overlap.max(axis=1) <= BACKGROUND)
    kind[~lone] = BOTH
    kind[twice], kind[mistaken], kind[badly] = DUPLICATE, CLASS, LOCATION
    return kind, np.where(badly, near, np.where(mistaken, confused, truth))
