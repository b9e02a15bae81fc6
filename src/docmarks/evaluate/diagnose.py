"""Why a label is not found: resolution, anchors, imbalance, partial labels or confidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.data.dataset import Dataset
from docmarks.evaluate.anchor_fit import GOOD_IOU, best_iou
from docmarks.evaluate.evaluation import Evaluation, plain
from docmarks.evaluate.label_matches import LabelMatches
from docmarks.evaluate.match import RIGHT
from docmarks.evaluate.thresholds import LEAST_TRUTHS
from docmarks.model.config import ModelConfig
from docmarks.runtime.prepare import working_size

LOW, USUAL = 0.05, 0.5
"""Scores that recall is compared at: what the network proposes at all, and what is usually believed."""

TINY_PX = 12
"""A box with a smaller side (root of its area) at the network's input is three cells of the finest level."""

WORTH_TELLING = 0.05
"""A cause that explains fewer of the marks is not named."""

WORSE_BY = 0.1
"""So much lower must the recall of boxes with a handicap be than that of the others for it to be the cause."""

FEW_BOXES, RARE_SHARE = 200, 0.05
"""A label is rare in training with fewer boxes than this, or than this share of the most frequent label's."""

LEAST_COMPLETE = 0.5
"""Labels are partial where a smaller share of the training pages is complete."""


@dataclass(frozen=True)
class Diagnosis:
    """One label; nan or None where it is not known.

    Attributes:
        marks: Ground truths.
        side_px: Median of the square root of the area, at the network's input.
        tiny: Share of the boxes that is under 12 px there.
        anchored: Share of the boxes with an anchor of IoU 0.5 or more.
        train_boxes: In the training parts.
        train_complete: Share of the training pages on which the label is exhaustive.
        recall_low: From a score of 0.05 on, at IoU 0.5.
        recall_usual: From 0.5 on.
        causes: What explains the marks that are not found, the largest part first: cause to share of all marks.
        verdict: The same in words.
    """

    marks: int
    side_px: float
    tiny: float
    anchored: float
    train_boxes: int | None
    train_complete: float
    recall_low: float
    recall_usual: float
    causes: Mapping[str, float]
    verdict: str

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        found: dict[str, Any] = plain(asdict(self))
        return found


@dataclass(frozen=True)
class Training:
    """What a label has in the training sets.

    Attributes:
        boxes: Its boxes.
        most: Those of the most frequent label.
        complete: Share of the pages on which it is exhaustive.
        never: Sets in which it is on no page.
    """

    boxes: int
    most: int
    complete: float
    never: tuple[str, ...]


def diagnose(
    evaluation: Evaluation,
    config: ModelConfig | None = None,
    training: Sequence[Dataset] = (),
    size: float = 1,
) -> dict[str, Diagnosis]:
    """Every label that has ground truth.

    Args:
        evaluation: The model on some pages.
        config: Of the model: without it nothing is said of resolution and anchors.
        training: The training pages, in the labels of the model: without them nothing is said of these.
        size: At which the model saw the pages (``runtime.size``).
    """
    known = _training(training, evaluation.labels) if training else {}
    return {
        label: _diagnose(evaluation, evaluation.pooled.matched[label], config, known.get(label), size)
        for label in evaluation.pooled.scores
    }


def _diagnose(
    evaluation: Evaluation, matched: LabelMatches, config: ModelConfig | None, training: Training | None, size: float
) -> Diagnosis:
    low, usual = _found(matched, LOW), _found(matched, USUAL)
    nothing = np.zeros(0)
    side, fit = nothing, nothing
    if config is not None:
        width, height = _at_input(evaluation, matched, config, size)
        side = np.sqrt(width * height)
        fit = best_iou(np.maximum(width, 1e-3), np.maximum(height, 1e-3), config.anchors)
    causes = dict(sorted(_causes(low, usual, side, fit, training), key=lambda cause: -cause[1]))
    return Diagnosis(
        matched.n_truth,
        float(np.median(side)) if len(side) else np.nan,
        float((side < TINY_PX).mean()) if len(side) else np.nan,
        float((fit >= GOOD_IOU).mean()) if len(fit) else np.nan,
        None if training is None else training.boxes,
        np.nan if training is None else training.complete,
        float(low.mean()),
        float(usual.mean()),
        causes,
        _verdict(causes, low, usual, training),
    )


def _causes(
    low: NDArray[np.bool_],
    usual: NDArray[np.bool_],
    side: NDArray[np.float64],
    fit: NDArray[np.float64],
    training: Training | None,
) -> Iterator[tuple[str, float]]:
    """(cause, share of all marks that it explains), for those worth telling."""
    if len(low) < LEAST_TRUTHS:
        return
    shy = float((low & ~usual).mean())
    if shy >= WORTH_TELLING:
        yield "confidence", shy
    left = ~low
    for name, handicap in (("resolution", side < TINY_PX), ("anchors", fit < GOOD_IOU)):
        if len(handicap) and _worse(low, handicap) and (left & handicap).mean() >= WORTH_TELLING:
            yield name, float((left & handicap).mean())
            left &= ~handicap
    # What training lacks is not to be seen in a single mark: it may explain all that nothing else does.
    rest = float(left.mean())
    if training is not None and max(rest, shy) >= WORTH_TELLING:
        if training.complete < LEAST_COMPLETE:
            yield "partial labels", rest
        if training.boxes < max(FEW_BOXES, RARE_SHARE * training.most):
            yield "imbalance", rest


def _worse(found: NDArray[np.bool_], handicap: NDArray[np.bool_]) -> bool:
    if not handicap.any():
        return False
    return bool(handicap.all() or found[handicap].mean() < found[~handicap].mean() - WORSE_BY)


def _verdict(
    causes: Mapping[str, float], low: NDArray[np.bool_], usual: NDArray[np.bool_], training: Training | None
) -> str:
    if len(low) < LEAST_TRUTHS:
        return "too few marks to tell"
    words = {
        "confidence": "{:.0%} are found, but with scores under " + f"{USUAL:g}: lower the threshold, or train longer",
        "resolution": "{:.0%} are missed and under " + f"{TINY_PX} px at the input: enlarge the input",
        "anchors": "{:.0%} are missed and fit no anchor: change anchor sizes or ratios",
    }
    told = [f"{name}: {words[name].format(share)}" for name, share in causes.items() if name in words]
    if training is not None and "partial labels" in causes:
        where = f" (on none of {', '.join(training.never)})" if training.never else ""
        told.append(f"partial labels: complete on {training.complete:.0%} of the training pages{where}: annotate them")
    if training is not None and "imbalance" in causes:
        told.append(f"imbalance: {training.boxes} boxes in training, {training.most} of another label: add some")
    if told:
        return "; ".join(told)
    missed = 1 - usual.mean()
    return f"{missed:.0%} are missed, for none of these reasons" if missed >= WORTH_TELLING else "found"


def _found(matched: LabelMatches, minimum: float) -> NDArray[np.bool_]:
    """``[G]``: whether each ground truth is found at IoU 0.5 from a score on."""
    right = (matched.outcome[0, 0] == RIGHT) & (matched.scores >= minimum)
    found = np.zeros(matched.n_truth, np.bool_)
    found[np.searchsorted(matched.truth_page, matched.page[right], "left") + matched.truth[0, right]] = True
    return found


def _at_input(
    evaluation: Evaluation, matched: LabelMatches, config: ModelConfig, times: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Widths and heights ``[G]`` in pixels of the network's input."""
    scales = np.ones((len(evaluation.pooled.pages), 2))
    for i, page in enumerate(evaluation.pooled.pages):
        size = (page.page.width, page.page.height)
        scales[i] = np.divide(working_size(config.input, *size, times), size)
    across, down = (matched.truth_size * scales[matched.truth_page]).T
    return across, down


def _training(datasets: Sequence[Dataset], labels: Sequence[str]) -> dict[str, Training]:
    boxes: Counter[str] = Counter()
    complete: Counter[str] = Counter()
    somewhere = {label: set[str]() for label in labels}
    n_pages = sum(len(dataset.pages) for dataset in datasets)
    for dataset in datasets:
        for page in dataset.pages:
            boxes.update(label for mark in page.page.marks if not mark.ignore for label in mark.labels)
            complete.update(page.exhaustive)
            for label in page.exhaustive:
                somewhere.get(label, set()).add(dataset.name)
    most = max((boxes[label] for label in labels), default=0)
    return {
        label: Training(
            boxes[label],
            most,
            complete[label] / max(n_pages, 1),
            tuple(d.name for d in datasets if d.pages and d.name not in somewhere[label]),
        )
        for label in labels
    }
