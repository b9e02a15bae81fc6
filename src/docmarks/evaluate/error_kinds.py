"""What the errors cost: average precision that is lost to each kind, as TIDE finds it.

Bolya et al., "TIDE: A General Toolbox for Identifying Object Detection Errors", ECCV 2020. Every false prediction and
every missed ground truth is of one kind (``error_sorting``), and each kind knows how it would be mended: by dropping a
prediction, or by making it right. What average precision (IoU 0.5, in percent, mean over the labels) gains when all
errors of a kind are mended is what the kind costs. The costs do not add up: mending one kind changes what another would
bring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from docmarks.evaluate.average_precision import interpolated
from docmarks.evaluate.pairs import Float, Int

Bool = NDArray[np.bool_]

CLASS, LOCATION, BOTH, DUPLICATE, NOTHING = range(5)
"""Kinds of false predictions, as numbers in an array."""


@dataclass(frozen=True)
class Points:
    """Predictions as average precision sees them, with the ground truths of each label.

    Attributes:
        label: ``[N]``.
        score: ``[N]``.
        right: ``[N]``.
        n_truth: ``[K]``.
    """

    label: Int
    score: Float
    right: Bool
    n_truth: Int

    def average_precision(self) -> Float:
        """``[K]``, in percent; nan for a label with neither predictions nor ground truths."""
        found = np.full(len(self.n_truth), np.nan)
        for k, n_truth in enumerate(self.n_truth):
            own = self.label == k
            if not own.any() and not n_truth:
                continue
            order = np.argsort(-self.score[own], kind="stable")
            true = np.cumsum(self.right[own][order])
            precision, recall = true / np.arange(1, len(true) + 1), true / max(n_truth, 1)
            # COCO's recall points are rounded, some of them up; TIDE's are not, and a recall of 28 % reaches 0.28.
            found[k] = 100 * interpolated(precision, recall + 1e-12).mean() if n_truth else 0.0
        return found


@dataclass(frozen=True)
class Errors:
    """Everything that is wrong on all pages, and what is right.

    Attributes:
        correct: The right predictions, and all ground truths.
        kind: ``[E]`` of each false prediction.
        label: ``[E]`` as predicted.
        true_label: ``[E]`` of the ground truth that it could have had; -1 for none.
        score: ``[E]``.
        counts: ``[E]`` false where an ignored region takes it out of the count.
        mendable: ``[E]`` whether it is the most confident that could have that ground truth, which no other has.
        unfound: ``[K]`` ground truths without a right prediction.
        missed: ``[K]`` those of them that no mended prediction would find either.
    """

    correct: Points
    kind: Int
    label: Int
    true_label: Int
    score: Float
    counts: Bool
    mendable: Bool
    unfound: Int
    missed: Int

    def of(self, kind: int) -> Bool:
        """``[E]`` which are of this kind."""
        return np.asarray(self.kind == kind)

    def points(self, mended: Bool, label: Int, right: Bool, n_truth: Int) -> Points:
        """The predictions after some errors were mended.

        Args:
            mended: ``[E]`` which.
            label: ``[E]`` the label that each would have then.
            right: ``[E]`` whether it would be right; what is not is dropped.
            n_truth: ``[K]`` ground truths then.
        """
        kept = np.where(mended, right, self.counts)
        return Points(
            np.concatenate([np.where(mended, label, self.label)[kept], self.correct.label]),
            np.concatenate([self.score[kept], self.correct.score]),
            np.concatenate([mended[kept], self.correct.right]),
            n_truth,
        )

    def as_found(self) -> Points:
        """The predictions as they are."""
        nothing = np.zeros(len(self.kind), np.bool_)
        return self.points(nothing, self.label, nothing, self.correct.n_truth)


class Kind(Protocol):
    """A kind of error."""

    @property
    def name(self) -> str:
        """In a word or two."""

    @property
    def description(self) -> str:
        """What is wrong, in a sentence."""

    def mend(self, errors: Errors) -> Points:
        """The predictions if none of this kind were made."""

    def count(self, errors: Errors) -> int:
        """How many there are."""


@dataclass(frozen=True)
class ClassError:
    """A prediction on a ground truth of another label."""

    name: str = "class"
    description: str = "On a mark, with a label that the mark does not have."

    def mend(self, errors: Errors) -> Points:
        """With the mark's label, if no other prediction has it."""
        of = errors.of(CLASS)
        return errors.points(of, errors.true_label, errors.mendable, errors.correct.n_truth)

    def count(self, errors: Errors) -> int:
        """How many there are."""
        return int(errors.of(CLASS).sum())


@dataclass(frozen=True)
class LocationError:
    """A prediction of the right label that lies badly."""

    name: str = "location"
    description: str = "Right label, but the box shares too little with the mark's (IoU 0.1 to 0.5)."

    def mend(self, errors: Errors) -> Points:
        """In the right place, if no other prediction is."""
        of = errors.of(LOCATION)
        return errors.points(of, errors.label, errors.mendable, errors.correct.n_truth)

    def count(self, errors: Errors) -> int:
        """How many there are."""
        return int(errors.of(LOCATION).sum())


@dataclass(frozen=True)
class DroppedError:
    """A prediction that should not be there.

    Attributes:
        name: In a word.
        description: What is wrong.
        kind: Its number.
    """

    name: str
    description: str
    kind: int

    def mend(self, errors: Errors) -> Points:
        """Without it."""
        nothing = np.zeros(len(errors.kind), np.bool_)
        return errors.points(errors.of(self.kind), errors.label, nothing, errors.correct.n_truth)

    def count(self, errors: Errors) -> int:
        """How many there are."""
        return int(errors.of(self.kind).sum())


@dataclass(frozen=True)
class MissedError:
    """A ground truth that nothing found, and that no mended prediction would."""

    name: str = "missed"
    description: str = "A mark without any prediction that could be mended into its own."

    def mend(self, errors: Errors) -> Points:
        """Without those marks."""
        return replace(errors.as_found(), n_truth=errors.correct.n_truth - errors.missed)

    def count(self, errors: Errors) -> int:
        """How many there are."""
        return int(errors.missed.sum())


@dataclass(frozen=True)
class FalsePositives:
    """All false predictions at once."""

    name: str = "false positives"
    description: str = "Every prediction that is wrong, whatever the reason."

    def mend(self, errors: Errors) -> Points:
        """All behind the right ones."""
        points = errors.as_found()
        return replace(points, score=points.right.astype(np.float64))

    def count(self, errors: Errors) -> int:
        """How many there are."""
        return int(errors.counts.sum())


@dataclass(frozen=True)
class FalseNegatives:
    """All marks that were not found at once."""

    name: str = "false negatives"
    description: str = "Every mark that no right prediction has, whatever the reason."

    def mend(self, errors: Errors) -> Points:
        """Without those marks."""
        return replace(errors.as_found(), n_truth=errors.correct.n_truth - errors.unfound)

    def count(self, errors: Errors) -> int:
        """How many there are."""
        return int(errors.unfound.sum())


KINDS: tuple[Kind, ...] = (
    ClassError(),
    LocationError(),
    DroppedError("both", "Neither the label nor the place fits a mark, but it is near one.", BOTH),
    DroppedError("duplicate", "On a mark that a more confident prediction has already.", DUPLICATE),
    DroppedError("background", "On no mark at all (IoU up to 0.1).", NOTHING),
    MissedError(),
)
"""Every error is of one of these."""

SIDES: tuple[Kind, ...] = (FalsePositives(), FalseNegatives())
"""The same errors, only by their side."""


@dataclass(frozen=True)
class Cost:
    """What a kind of error costs.

    Attributes:
        name: Of the kind.
        description: What is wrong.
        count: How many such errors there are.
        lost: Average precision in percent that mending them all would gain, mean over the labels.
        lost_by_label: The same for each label; nan without ground truths or predictions.
    """

    name: str
    description: str
    count: int
    lost: float
    lost_by_label: tuple[float, ...]


def costs(errors: Errors, kinds: Sequence[Kind] = KINDS) -> list[Cost]:
    """What each kind costs. A gain under 0, which the 101 recall points can make, is told as 0 in the mean."""
    before = errors.as_found().average_precision()
    found = []
    for kind in kinds:
        after = kind.mend(errors).average_precision()
        lost = max(_mean(after) - _mean(before), 0.0)
        found.append(Cost(kind.name, kind.description, kind.count(errors), lost, tuple((after - before).tolist())))
    return found


def _mean(values: Float) -> float:
    told = values[~np.isnan(values)]
    return float(told.mean()) if len(told) else 0.0
