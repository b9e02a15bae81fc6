"""The matching of one label on all pages that count for it, as flat arrays: every figure is made of these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.match import IGNORED, RIGHT, Boxes, Matched, areas, match_groups
from docmarks.marks import Detections

Float = NDArray[np.float64]
Index = NDArray[np.int64]
Bool = NDArray[np.bool_]

IOU_THRESHOLDS: Float = np.linspace(0.5, 0.95, 10)
MOST_DETECTIONS = 100
"""Of a label on a page; more do not count."""

SIZES: Mapping[str, tuple[float, float]] = {
    "all": (0, 1e5),
    "small": (0, 32),
    "medium": (32, 96),
    "large": (96, 1e5),
    "10_40": (10, 40),
}
"""Square roots of box areas in pixels of the page, both ends included: COCO's ranges, and that of checkboxes."""


@dataclass(frozen=True, eq=False)
class LabelMatches(Sequence[Matched]):
    """One label's detections, by page and then by falling score. As a sequence: one ``Matched`` a page that counts.

    A = sizes, T = IoU thresholds, N = detections, G = ground truths.

    Attributes:
        pages: ``[P]`` the pages that count for the label, ascending indices of all pages.
        page: ``[N]`` the page of each detection, of all pages.
        row: ``[N]`` its row in the page's ``Detections``.
        scores: ``[N]``.
        outcome: ``[A, T, N]`` WRONG, RIGHT or IGNORED.
        truth: ``[T, N]`` the matched ground truth, counted among the label's own of that page; -1 if there is none.
        truth_page: ``[G]`` the page of each ground truth, ascending.
        truth_size: ``[G, 2]`` its width and height in pixels.
    """

    pages: Index
    page: Index
    row: Index
    scores: Float
    outcome: NDArray[np.uint8]
    truth: NDArray[np.int32]
    truth_page: Index
    truth_size: Float

    @property
    def n_truth(self) -> int:
        """Ground truths that count."""
        return len(self.truth_page)

    def of_size(self, size: int) -> LabelMatches:
        """As if only boxes of one range of ``SIZES``, given by its place, counted; the others are ignored."""
        counts = _within(self.truth_size[:, 0] * self.truth_size[:, 1])[size]
        size_of = self.truth_size[counts]
        return replace(self, outcome=self.outcome[[size]], truth_page=self.truth_page[counts], truth_size=size_of)

    @property
    def rank(self) -> Index:
        """``[N]`` place on its page, 0 for the most confident."""
        return np.arange(len(self.page)) - np.searchsorted(self.page, self.page, "left")

    def ranked(self, threshold: int) -> Index:
        """Which of the N count at an IoU threshold, given by its place; the most confident of all pages first."""
        counted = np.flatnonzero(self.outcome[0, threshold] != IGNORED)
        return counted[np.argsort(-self.scores[counted], kind="stable")]

    def from_score(self, minimum: float) -> NDArray[np.uint8]:
        """``[N]`` outcomes at IoU 0.5; what is under ``minimum``, in single precision as for a user, is ignored."""
        return np.where(self.scores >= np.float32(minimum), self.outcome[0, 0], IGNORED).astype(np.uint8)

    def only(self, chosen: Bool) -> LabelMatches:
        """Of some pages.

        Args:
            chosen: One a page of all.
        """
        here, there = chosen[self.page], chosen[self.truth_page]
        return LabelMatches(
            self.pages[chosen[self.pages]],
            self.page[here],
            self.row[here],
            self.scores[here],
            self.outcome[:, :, here],
            self.truth[:, here],
            self.truth_page[there],
            self.truth_size[there],
        )

    def renumbered(self, new: Index) -> LabelMatches:
        """With another index for each page, in the order of the new indices.

        Args:
            new: One a page of all; no two that are used are equal.
        """
        pages, page, truth_page = new[self.pages], new[self.page], new[self.truth_page]
        # Stable: on a page the order of detections is that of their scores.
        by_page, by_truth = np.argsort(page, kind="stable"), np.argsort(truth_page, kind="stable")
        return LabelMatches(
            np.sort(pages),
            page[by_page],
            self.row[by_page],
            self.scores[by_page],
            self.outcome[:, :, by_page],
            self.truth[:, by_page],
            truth_page[by_truth],
            self.truth_size[by_truth],
        )

    def __len__(self) -> int:
        """How many pages count."""
        return len(self.pages)

    @overload
    def __getitem__(self, at: int) -> Matched: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Matched]: ...

    def __getitem__(self, at: int | slice) -> Matched | Sequence[Matched]:
        """The matching of one page that counts."""
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        page = self.pages[at]
        here = slice(*np.searchsorted(self.page, [page, page + 1]).tolist())
        first, last = np.searchsorted(self.truth_page, [page, page + 1]).tolist()
        truth = self.truth[:, here].astype(np.int64)
        return Matched(self.scores[here], truth, self.outcome[0, :, here] == IGNORED, last - first)

    def __iter__(self) -> Iterator[Matched]:
        """Page by page."""
        return (self[i] for i in range(len(self)))

    @classmethod
    def of(cls, matched: Sequence[Matched]) -> LabelMatches:
        """From pages that were matched one by one; sizes are not known then, so all counts as "all"."""
        if isinstance(matched, LabelMatches):
            return matched
        counts = [len(page.scores) for page in matched]
        truth = [page.truth for page in matched] or [np.zeros((len(IOU_THRESHOLDS), 0), np.int64)]
        partner = np.concatenate(truth, axis=1)
        ignored = np.concatenate([page.ignored for page in matched] or [np.zeros_like(partner, np.bool_)], axis=1)
        n_truth = np.repeat(np.arange(len(matched)), [page.n_truth for page in matched])
        return cls(
            np.arange(len(matched)),
            np.repeat(np.arange(len(matched)), counts),
            np.concatenate([np.arange(n) for n in counts] or [np.zeros(0, np.int64)]),
            np.concatenate([page.scores for page in matched] or [np.zeros(0)]),
            np.where(ignored, IGNORED, np.where(partner >= 0, RIGHT, 0)).astype(np.uint8)[None],
            partner.astype(np.int32),
            n_truth,
            np.full((len(n_truth), 2), np.nan),
        )

    @classmethod
    def joined(cls, parts: Sequence[LabelMatches], n_pages: Sequence[int]) -> LabelMatches:
        """Several sets one after the other.

        Args:
            parts: One a set.
            n_pages: All pages of each, so that the next one's follow.
        """
        offsets = np.concatenate(([0], np.cumsum(n_pages)[:-1])).astype(np.int64)
        moved = [
            replace(part, pages=part.pages + by, page=part.page + by, truth_page=part.truth_page + by)
            for part, by in zip(parts, offsets, strict=True)
        ]
        return cls(
            np.concatenate([part.pages for part in moved]),
            np.concatenate([part.page for part in moved]),
            np.concatenate([part.row for part in moved]),
            np.concatenate([part.scores for part in moved]),
            np.concatenate([part.outcome for part in moved], axis=2),
            np.concatenate([part.truth for part in moved], axis=1),
            np.concatenate([part.truth_page for part in moved]),
            np.concatenate([part.truth_size for part in moved]),
        )


def match_labels(
    predictions: Sequence[Detections], pages: Sequence[DatasetPage], labels: Sequence[str]
) -> dict[str, LabelMatches]:
    """The matching of every label. A page counts for a label only where that is exhaustive.

    Args:
        predictions: One a page, in the page's pixels.
        pages: In the labels of the predictions (``Dataset.relabel``).
        labels: The labels.

    Raises:
        ValueError: A prediction lacks a label, or there is not one a page.
    """
    if len(predictions) != len(pages):
        raise ValueError(f"{len(predictions)} predictions for {len(pages)} pages")
    exhaustive = np.array([[label in page.exhaustive for label in labels] for page in pages], np.bool_)
    exhaustive = exhaustive.reshape(len(pages), len(labels))  # [P, K]
    found, scores = _flat_detections(predictions, labels)
    truth, holds, crowd = _flat_marks(pages, labels)
    return {
        label: _match(found, scores[:, k], truth, holds[:, k], crowd, exhaustive[:, k])
        for k, label in enumerate(labels)
    }


def _match(found: Boxes, scores: Float, truth: Boxes, holds: Bool, crowd: Bool, exhaustive: Bool) -> LabelMatches:
    chosen = np.flatnonzero((scores > 0) & exhaustive[found.page])
    chosen = chosen[np.lexsort((-scores[chosen], found.page[chosen]))]
    page = found.page[chosen]
    best = np.arange(len(page)) - np.searchsorted(page, page, "left") < MOST_DETECTIONS
    chosen, page = chosen[best], page[best]
    own = np.flatnonzero((holds | crowd) & exhaustive[truth.page])
    here, there, region = Boxes(found.boxes[chosen], page), Boxes(truth.boxes[own], truth.page[own]), crowd[own]
    outcome, partner = match_groups(
        here, there, region, _within(areas(there.boxes)) & ~region, ~_within(areas(here.boxes)), IOU_THRESHOLDS
    )
    counted = there.page[~region]
    # A partner's index among all regions becomes its place among the label's own of its page.
    place = np.cumsum(~region) - 1 - np.searchsorted(counted, there.page, "left")
    known = np.where(region[partner], -1, place[partner]) if len(region) else partner
    return LabelMatches(
        np.flatnonzero(exhaustive),
        page,
        chosen - np.searchsorted(found.page, page, "left"),
        scores[chosen],
        outcome,
        np.where(partner < 0, -1, known).astype(np.int32),
        counted,
        there.boxes[~region, 2:] - there.boxes[~region, :2],
    )


def _within(area: Float) -> Bool:
    """``[A, N]``: whether each area lies in each range."""
    low, high = np.array(list(SIZES.values())).T[:, :, None] ** 2
    return np.asarray((area >= low) & (area <= high))


def _flat_detections(predictions: Sequence[Detections], labels: Sequence[str]) -> tuple[Boxes, Float]:
    page = np.repeat(np.arange(len(predictions)), [len(found) for found in predictions])
    boxes = np.concatenate([np.zeros((0, 4)), *(found.boxes for found in predictions)])
    known: dict[tuple[str, ...], list[int]] = {}
    columns = [known.setdefault(f.labels, [f.labels.index(label) for label in labels]) for f in predictions]
    scores = [found.scores[:, order] for found, order in zip(predictions, columns, strict=True)]
    return Boxes(boxes, page), np.concatenate([np.zeros((0, len(labels))), *scores])


def _flat_marks(pages: Sequence[DatasetPage], labels: Sequence[str]) -> tuple[Boxes, Bool, Bool]:
    """(boxes, which labels hold ``[M, K]``, which are ignored ``[M]``) of all marks."""
    marks = [mark for page in pages for mark in page.page.marks]
    boxes = np.array([mark.box for mark in marks], np.float64).reshape(-1, 4)
    page = np.repeat(np.arange(len(pages)), [len(page.page.marks) for page in pages])
    crowd = np.array([mark.ignore for mark in marks], np.bool_)
    column = {label: k for k, label in enumerate(labels)}
    holds = np.zeros((len(marks), len(labels)), np.bool_)
    pairs = [(i, column[label]) for i, mark in enumerate(marks) for label in mark.labels if label in column]
    if pairs:
        holds[tuple(np.array(pairs).T)] = True
    return Boxes(boxes, page), holds & ~crowd[:, None], crowd
