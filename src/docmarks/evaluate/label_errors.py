"""Annotations that are probably wrong, most probable first: overlooked marks, badly located ones, swapped labels.

Two ways of ranking. ``object_lab`` is the published one. ``calibrated``, the default, first finds out what a score of
the detector is worth on these very pages: the share of a label's predictions with that score that the annotators agree
with. A score of 0.9 that is right half of the time then accuses nobody. The benchmark ``label_errors.py`` has both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.isotonic import fit
from docmarks.evaluate.match import covered_matrix
from docmarks.evaluate.object_lab import ObjectLab, PageBoxes
from docmarks.evaluate.pairs import sides
from docmarks.marks import Box, Detections, Mark

OVERLOOKED, BADLY_LOCATED, SWAPPED = "overlooked", "badly located", "swapped"

NEIGHBOUR = 0.3
"""Up to this IoU a prediction is beside an annotated mark, not another box of it."""

WELL_LOCATED = 0.75
"""From this IoU on nobody would draw a box anew."""

IN_PLACE = 0.5
"""From this IoU on a prediction is in a mark's place."""

LEAST = 0.01
"""Less doubt is not worth a look."""


@dataclass(frozen=True)
class Suspect:
    """One annotation that is probably wrong.

    Attributes:
        kind: "overlooked", "badly located" or "swapped".
        doubt: In 0..1; how sure the finder is.
        page: Index of the page.
        mark: Index among the page's marks; None for an overlooked one.
        box: Where the detector finds it.
        label: What the detector takes it for.
        score: The detector's confidence, as it gave it.
    """

    kind: str
    doubt: float
    page: int
    mark: int | None
    box: Box
    label: str
    score: float

    def to_json(self, pages: Sequence[DatasetPage]) -> dict[str, Any]:
        """Plain values; the mark as it is annotated, and as it should perhaps be."""
        page = pages[self.page]
        given = None if self.mark is None else page.page.marks[self.mark]
        return {
            "kind": self.kind,
            "doubt": round(self.doubt, 4),
            "file": str(page.file),
            "page": page.number,
            "mark": self.mark,
            "annotated_labels": list(given.labels) if given else [],
            "annotated_box": list(given.box) if given else None,
            "suggested_label": self.label,
            "suggested_box": list(self.box),
            "score": round(self.score, 4),
        }


@dataclass(frozen=True)
class Accusation:
    """A suspect of one page, by its places among what the page has.

    Attributes:
        kind: See ``Suspect``.
        doubt: In 0..1.
        truth: Index of the mark among those that count; None for an overlooked one.
        prediction: Index of the prediction.
    """

    kind: str
    doubt: float
    truth: int | None
    prediction: int


def find(
    predictions: Sequence[Detections], pages: Sequence[DatasetPage], labels: Sequence[str], method: str = "calibrated"
) -> list[Suspect]:
    """Suspects of all pages, most doubtful first.

    Args:
        predictions: One a page, best of a detector that has not been trained on it.
        pages: In the same labels.
        labels: The K labels.
        method: A key of ``METHODS``.

    Raises:
        ValueError: There is no such method.
    """
    if method not in METHODS:
        raise ValueError(f"method is one of {', '.join(METHODS)}, not {method}")
    boxes = [_boxes(found, page, labels) for found, page in zip(predictions, pages, strict=True)]
    suspects = []
    for number, (page, found) in enumerate(zip(pages, METHODS[method](boxes), strict=True)):
        counted = _counted(page)
        for one in (one for one in found if one.doubt >= LEAST):
            left, top, right, bottom = (float(v) for v in boxes[number].boxes[one.prediction])
            suspects.append(
                Suspect(
                    one.kind,
                    one.doubt,
                    number,
                    None if one.truth is None else counted[one.truth],
                    (left, top, right, bottom),
                    labels[boxes[number].labels[one.prediction]],
                    float(boxes[number].scores[one.prediction]),
                )
            )
    return sorted(suspects, key=lambda suspect: -suspect.doubt)


def corrected(page: DatasetPage, suspects: Sequence[Suspect]) -> tuple[Mark, ...]:
    """The marks of one page as they would be if all suspects were right; what is changed has a score.

    A mark that is doubted twice is changed by the first; of two that would lie on the same place the second stays where
    it is; overlooked marks in one place become one with several labels.
    """
    marks = list(page.page.marks)
    added: dict[Box, dict[str, float]] = {}
    for suspect in suspects:
        if suspect.mark is None:
            added.setdefault(suspect.box, {})[suspect.label] = suspect.score
            continue
        old = page.page.marks[suspect.mark]
        labels = (suspect.label,) if suspect.kind == SWAPPED else old.labels
        box = suspect.box if suspect.kind == BADLY_LOCATED else old.box
        there = any(mark.box == box and mark.labels == labels for mark in marks)
        if marks[suspect.mark] is old and not there:
            marks[suspect.mark] = Mark(box, labels, (suspect.score,) * len(labels))
    return (*marks, *(Mark(box, tuple(found), tuple(found.values())) for box, found in added.items()))


def object_lab(pages: Sequence[PageBoxes]) -> Iterator[list[Accusation]]:
    """Doubt is what is missing to quality 1, with the paper's thresholds."""
    lab = ObjectLab(least_similarity=min((page.least_similarity for page in pages), default=1.0))
    for page in pages:
        overlooked = lab.overlooked(page).quality
        found = [
            Accusation(OVERLOOKED, float(1 - overlooked[p]), None, int(p))
            for p in np.flatnonzero(overlooked == overlooked)
        ]
        for kind, judged in ((BADLY_LOCATED, lab.badly_located(page)), (SWAPPED, lab.swapped(page))):
            found.extend(
                Accusation(kind, float(1 - judged.quality[t]), int(t), int(judged.partner[t]))
                for t in np.flatnonzero(judged.quality < 1)
            )
        yield found


def calibrated(pages: Sequence[PageBoxes]) -> Iterator[list[Accusation]]:
    """Doubt from what the detector's scores are worth on these pages.

    With w the worth of a prediction: an overlooked mark is doubted by w; a badly located one by w times the IoU that
    is missing; a swapped one by w times (1 - the worth of the best prediction in place that has a label of the mark's).
    """
    worth = _worth(pages)
    for page, believed in zip(pages, worth, strict=True):
        yield [*_overlooked(page, believed), *_annotated(page, believed)]


METHODS: dict[str, Callable[[Sequence[PageBoxes]], Iterator[list[Accusation]]]] = {
    "calibrated": calibrated,
    "objectlab": object_lab,
}
"""Name of a way to rank to its function: pages to the accusations of each."""


def _overlooked(page: PageBoxes, worth: np.ndarray) -> Iterator[Accusation]:
    beside = page.overlap.max(axis=0, initial=0) <= NEIGHBOUR
    unsaid = covered_matrix(page.boxes, page.ignored).max(axis=1, initial=0) >= IN_PLACE
    for p in np.flatnonzero(beside & ~unsaid & page.known[page.labels]):
        yield Accusation(OVERLOOKED, float(worth[p]), None, int(p))


def _annotated(page: PageBoxes, worth: np.ndarray) -> Iterator[Accusation]:
    """At most one of each mark: what is doubted more."""
    for t in range(len(page.truth_boxes)):
        overlap, own = page.overlap[t], page.own[t]
        found = []
        near = own & (overlap > 0)
        if near.any() and overlap[near].max() < WELL_LOCATED:
            # The one that fits best: a more confident one beside it may be of the neighbour.
            best = int(np.where(near, overlap, -1).argmax())
            found.append(Accusation(BADLY_LOCATED, float(worth[best] * (1 - overlap[near].max())), t, best))
        other = ~own & page.known[page.labels] & (overlap >= IN_PLACE)
        if other.any():
            best = int(np.where(other, worth, -1).argmax())
            right = worth[own & (overlap >= IN_PLACE)].max(initial=0)
            found.append(Accusation(SWAPPED, float(worth[best] * (1 - right)), t, best))
        if found:
            yield max(found, key=lambda one: one.doubt)


def _worth(pages: Sequence[PageBoxes]) -> list[np.ndarray]:
    """Of each prediction, the share that the annotators agree with among those of its label and score."""
    worth = [page.scores.copy() for page in pages]
    n_labels = max((len(page.known) for page in pages), default=0)
    for k in range(n_labels):
        own = [np.flatnonzero((page.labels == k) & page.known[k]) for page in pages]
        right = [
            np.any(page.own[:, mine] & (page.overlap[:, mine] >= IN_PLACE), axis=0)
            for page, mine in zip(pages, own, strict=True)
        ]
        scores = [page.scores[mine] for page, mine in zip(pages, own, strict=True)]
        curve = fit(np.concatenate(scores), np.concatenate(right))
        for page, mine, given in zip(worth, own, scores, strict=True):
            # Where the curve is flat the more confident one stays before the other.
            page[mine] = 0.999 * curve(given) + 0.001 * given
    return worth


def _counted(page: DatasetPage) -> list[int]:
    return [i for i, mark in enumerate(page.page.marks) if not mark.ignore and mark.labels]


def _boxes(found: Detections, page: DatasetPage, labels: Sequence[str]) -> PageBoxes:
    """All marks of the page, of labels that are not fully annotated too: what is boxed is there."""
    side = sides(found, replace(page, exhaustive=frozenset(labels)), labels)
    marks = [page.page.marks[i] for i in _counted(page)]
    return PageBoxes(
        side.boxes,
        side.labels,
        side.scores,
        np.array([mark.box for mark in marks], np.float64).reshape(-1, 4),
        np.array([[label in mark.labels for label in labels] for mark in marks], np.bool_).reshape(-1, len(labels)),
        np.array([label in page.exhaustive for label in labels], np.bool_),
        side.ignored,
    )
