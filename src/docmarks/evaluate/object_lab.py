"""How likely each box of one page is annotated wrongly, from what a detector finds there.

Tkachenko, Thyagarajan, Mueller, "ObjectLab: Automated Diagnosis of Mislabeled Images in Object Detection Data", 2023.
Every score is a quality in 0..1: low where the annotation and a confident prediction disagree. A mark may carry several
labels here, and a label may be partly annotated; with one label a mark and everything annotated the scores are the
paper's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from docmarks.evaluate.match import covered_matrix, iou_matrix

Float = NDArray[np.float64]
Int = NDArray[np.int64]
Bool = NDArray[np.bool_]

IOU_WEIGHT = 0.9
"""Share of the IoU in the similarity of two boxes; the rest is how near their centres are."""

FADING = 0.1
"""How fast nearness fades, a pixel."""


@dataclass(frozen=True)
class PageBoxes:
    """One page.

    Attributes:
        boxes: ``[P, 4]`` predictions, a label each.
        labels: ``[P]``.
        scores: ``[P]``.
        truth_boxes: ``[T, 4]`` annotated marks.
        truth_labels: ``[T, K]`` which labels each carries.
        known: ``[K]`` whether a label is fully annotated on the page.
        ignored: ``[I, 4]`` regions about which the annotators said nothing.
    """

    boxes: Float
    labels: Int
    scores: Float
    truth_boxes: Float
    truth_labels: Bool
    known: Bool
    ignored: Float

    @cached_property
    def overlap(self) -> Float:
        """``[T, P]`` IoU."""
        return iou_matrix(self.truth_boxes, self.boxes)

    @cached_property
    def similarity(self) -> Float:
        """``[T, P]``: mostly the IoU, a little the nearness of the centres."""
        centres = [(boxes[:, :2] + boxes[:, 2:]) / 2 for boxes in (self.truth_boxes, self.boxes)]
        distance = np.linalg.norm(centres[0][:, None] - centres[1][None], axis=2)
        return IOU_WEIGHT * self.overlap + (1 - IOU_WEIGHT) * np.exp(-FADING * distance)

    @cached_property
    def own(self) -> Bool:
        """``[T, P]`` whether the mark carries the prediction's label."""
        return self.truth_labels[:, self.labels]

    @property
    def least_similarity(self) -> float:
        """Of all pairs that are at all alike; 1 if none are."""
        return float(self.similarity[self.similarity > 0].min(initial=1.0))


@dataclass(frozen=True)
class Judged:
    """What was scored, with the partner that decided each score.

    Attributes:
        quality: Of each box, nan where nothing can be said.
        partner: Index on the other side, -1 where there is none.
    """

    quality: Float
    partner: Int


@dataclass(frozen=True)
class ObjectLab:
    """The scores.

    Attributes:
        confident: A prediction of so much may be right where the annotators boxed nothing, or another label.
        believable: A prediction over this may show a mark's better place.
        least_similarity: Of all pages; stands for "not alike at all".
        touching: A prediction that shares more IoU than this with any annotated mark was not overlooked.
    """

    confident: float = 0.95
    believable: float = 0.5
    least_similarity: float = 0.0
    touching: float = 0.0

    def overlooked(self, page: PageBoxes) -> Judged:
        """Of each prediction ``[P]``: low if it is a mark that nobody boxed. Only labels that are known there count."""
        quality, partner = np.full(len(page.boxes), np.nan), np.full(len(page.boxes), -1)
        touches = (page.overlap > self.touching).any(axis=0)
        unsaid = covered_matrix(page.boxes, page.ignored).max(axis=1, initial=0) >= 0.5
        lone = (page.scores >= self.confident) & ~touches & ~unsaid & page.known[page.labels]
        for p in np.flatnonzero(lone):
            own = np.flatnonzero(page.own[:, p])
            if not len(own):
                quality[p] = self.least_similarity * (1 - page.scores[p])
                continue
            partner[p] = own[page.similarity[own, p].argmax()]
            quality[p] = page.similarity[partner[p], p]
        return Judged(quality, partner)

    def badly_located(self, page: PageBoxes) -> Judged:
        """Of each mark ``[T]``: low if a prediction of its label that touches it lies elsewhere."""
        quality, partner = np.ones(len(page.truth_boxes)), np.full(len(page.truth_boxes), -1)
        near = page.own & (page.overlap > 0) & (page.scores > self.believable)
        for t in np.flatnonzero(near.any(axis=1)):
            partner[t] = int(np.where(near[t], page.similarity[t], -1).argmax())
            quality[t] = page.similarity[t, partner[t]]
        return Judged(quality, partner)

    def swapped(self, page: PageBoxes) -> Judged:
        """Of each mark ``[T]``: low if a confident prediction in its place has a label that it does not carry.

        Where that label is not fully annotated, the mark may well carry it, and nothing is said.
        """
        quality, partner = np.ones(len(page.truth_boxes)), np.full(len(page.truth_boxes), -1)
        other = ~page.own & (page.scores > self.confident) & page.known[page.labels]
        for t in np.flatnonzero(other.any(axis=1)):
            partner[t] = int(np.where(other[t], page.similarity[t], -1).argmax())
            quality[t] = max(self.least_similarity, 1 - page.similarity[t, partner[t]])
        return Judged(quality, partner)
