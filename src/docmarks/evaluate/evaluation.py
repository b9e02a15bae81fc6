"""What a detector found on every set, with the figures that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.average_precision import LabelScore, matches, score
from docmarks.evaluate.match import Matched
from docmarks.evaluate.thresholds import Threshold, at_score, best_f1
from docmarks.marks import Detections

ALL_SETS = "all sets"


@dataclass(frozen=True)
class SetResult:
    """Predictions on one data set.

    Attributes:
        name: Of the set.
        pages: In the detector's labels.
        predictions: One a page.
        labels: Of the detector.
    """

    name: str
    pages: tuple[DatasetPage, ...]
    predictions: tuple[Detections, ...]
    labels: tuple[str, ...]

    @cached_property
    def matched(self) -> Mapping[str, list[Matched]]:
        """The matching of every label; all figures share it."""
        return {label: matches(self.predictions, self.pages, label) for label in self.labels}

    @cached_property
    def scores(self) -> Mapping[str, LabelScore]:
        """Average precision of every label that has ground truth here."""
        found = {label: score(matched) for label, matched in self.matched.items()}
        return {label: figures for label, figures in found.items() if figures.n_truth}


@dataclass(frozen=True)
class Evaluation:
    """All sets, with the figures that follow.

    Attributes:
        labels: Of the detector.
        thresholds: Of the detector, one a label.
        results: One a data set.
    """

    labels: tuple[str, ...]
    thresholds: tuple[float, ...]
    results: tuple[SetResult, ...]

    @cached_property
    def pooled(self) -> SetResult:
        """All pages together."""
        pages = tuple(page for result in self.results for page in result.pages)
        predictions = tuple(found for result in self.results for found in result.predictions)
        return SetResult(ALL_SETS, pages, predictions, self.labels)

    @cached_property
    def at_thresholds(self) -> Mapping[str, Threshold]:
        """Precision, recall and F1 of every label at the detector's own thresholds, on all pages."""
        return {
            label: at_score(self.pooled.matched[label], threshold)
            for label, threshold in zip(self.labels, self.thresholds, strict=True)
        }

    @cached_property
    def best_thresholds(self) -> Mapping[str, Threshold]:
        """The threshold of the best F1 of every label, on all pages."""
        return {label: best_f1(self.pooled.matched[label]) for label in self.labels}

    def false_per_empty_page(self) -> tuple[float, int]:
        """(marks a page, pages): what is found, at the thresholds, where everything is annotated and nothing is.

        The first is nan if there is no such page.
        """
        counts = [
            len(found.marks(self.thresholds))
            for page, found in zip(self.pooled.pages, self.pooled.predictions, strict=True)
            if not page.page.marks and page.exhaustive.issuperset(self.labels)
        ]
        return float(np.mean(counts)) if counts else float("nan"), len(counts)

    def to_json(self) -> dict[str, Any]:
        """Everything as plain numbers, nan as None."""
        false, n_empty = self.false_per_empty_page()
        return {
            "sets": {
                result.name: {"pages": len(result.pages), "labels": _plain(result.scores)}
                for result in (*self.results, self.pooled)
            },
            "at_thresholds": _plain(self.at_thresholds),
            "best_thresholds": _plain(self.best_thresholds),
            "false_per_empty_page": {"marks": _number(false), "pages": n_empty},
        }


def _plain(figures: Mapping[str, LabelScore] | Mapping[str, Threshold]) -> dict[str, dict[str, Any]]:
    return {label: {name: _number(value) for name, value in asdict(found).items()} for label, found in figures.items()}


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
