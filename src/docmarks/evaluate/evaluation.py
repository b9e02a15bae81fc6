"""What a detector found on every set, with the figures that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.average_precision import LabelScore, mean_score, score
from docmarks.evaluate.calibration import Calibration, calibration
from docmarks.evaluate.curves import Curve, curve
from docmarks.evaluate.label_matches import LabelMatches, match_labels
from docmarks.evaluate.match import RIGHT, WRONG
from docmarks.evaluate.quality import Quality
from docmarks.evaluate.thresholds import Threshold, at_precision, at_score, steady_f1
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Detections
from docmarks.runtime.cross_label_nms import CrossLabelNMS
from docmarks.runtime.size import USUAL

ALL_SETS = "all sets"


@dataclass(frozen=True)
class SetResult:
    """Predictions on one data set.

    Attributes:
        name: Of the set.
        pages: In the detector's labels.
        predictions: One a page.
        labels: Of the detector.
        qualities: What each page's scan is like; empty where images were not read.
        known: The matching, where it is there already.
    """

    name: str
    pages: tuple[DatasetPage, ...]
    predictions: tuple[Detections, ...]
    labels: tuple[str, ...]
    qualities: tuple[Quality, ...] = ()
    known: Mapping[str, LabelMatches] | None = None

    @cached_property
    def matched(self) -> Mapping[str, LabelMatches]:
        """The matching of every label; all figures share it."""
        return match_labels(self.predictions, self.pages, self.labels) if self.known is None else self.known

    @cached_property
    def scores(self) -> Mapping[str, LabelScore]:
        """Average precision of every label that has ground truth here."""
        found = {label: score(matched) for label, matched in self.matched.items()}
        return {label: figures for label, figures in found.items() if figures.n_truth}

    @cached_property
    def mean(self) -> LabelScore:
        """The mean over the labels, as COCO's own table has it."""
        return mean_score(list(self.scores.values()))


@dataclass(frozen=True)
class Evaluation:
    """All sets, with the figures that follow.

    Attributes:
        labels: Of the detector.
        thresholds: Of the detector, one a label.
        results: One a data set.
        label_set: The set that the labels are of.
        model: What found the marks.
        target_precision: Thresholds are to reach this; None takes those of the best F1.
        sizes: At which the detector saw the pages (``runtime.size``).
        nms_iou: Up to which boxes of one label are left on each other; None where nobody knows what found the marks.
    """

    labels: tuple[str, ...]
    thresholds: tuple[float, ...]
    results: tuple[SetResult, ...]
    label_set: LabelSet = field(default_factory=lambda: LabelSet.load("default"))
    model: str = ""
    target_precision: float | None = None
    sizes: tuple[float, ...] = USUAL
    nms_iou: float | None = None

    @cached_property
    def pooled(self) -> SetResult:
        """All pages together."""
        n_pages = [len(result.pages) for result in self.results]
        matched = {
            label: LabelMatches.joined([result.matched[label] for result in self.results], n_pages)
            for label in self.labels
        }
        complete = all(result.qualities for result in self.results if result.pages)
        return SetResult(
            ALL_SETS,
            tuple(page for result in self.results for page in result.pages),
            tuple(found for result in self.results for found in result.predictions),
            self.labels,
            tuple(quality for result in self.results for quality in result.qualities) if complete else (),
            matched,
        )

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """The document of every page: its group; of one that is called after a file, only within its set."""
        several = len(self.results) > 1
        return tuple(
            f"{result.name}/{page.group}" if several and page.is_its_own_document else page.group
            for result in self.results
            for page in result.pages
        )

    @cached_property
    def at_thresholds(self) -> Mapping[str, Threshold]:
        """Precision, recall and F1 of every label at the detector's own thresholds, on all pages."""
        return self.at_thresholds_of(self.pooled)

    def at_thresholds_of(self, result: SetResult) -> Mapping[str, Threshold]:
        """The same on the pages of one set."""
        pairs = zip(self.labels, self.thresholds, strict=True)
        return {label: at_score(result.matched[label], threshold) for label, threshold in pairs}

    @cached_property
    def best_thresholds(self) -> Mapping[str, Threshold]:
        """The threshold of the best F1 of every label, a mean over resampled documents."""
        document = np.unique(self.documents, return_inverse=True)[1]
        return {label: steady_f1(self.pooled.matched[label], document) for label in self.labels}

    @cached_property
    def target_thresholds(self) -> Mapping[str, Threshold]:
        """The threshold of every label that reaches the target precision, on all pages; empty without a target."""
        if self.target_precision is None:
            return {}
        return {label: at_precision(self.pooled.matched[label], self.target_precision) for label in self.labels}

    @cached_property
    def curves(self) -> Mapping[str, Curve]:
        """Precision, recall and F1 over the confidence, of every label that has ground truth, on all pages."""
        return {label: curve(self.pooled.matched[label]) for label in self.pooled.scores}

    @cached_property
    def calibrations(self) -> Mapping[str, Calibration]:
        """How far confidences are shares of right ones, of every label that has ground truth, on all pages."""
        return {label: calibration(self.pooled.matched[label]) for label in self.pooled.scores}

    @cached_property
    def drops(self) -> Mapping[str, Mapping[str, tuple[float, float]]]:
        """(AP50, AP) that each further set has over the first, of the labels that both have: negative is a drop."""
        first = self.results[0].scores if self.results else {}
        return {
            result.name: {
                label: (found.ap50 - first[label].ap50, found.ap - first[label].ap)
                for label, found in result.scores.items()
                if label in first
            }
            for result in self.results[1:]
        }

    def suppressed(self, nms: CrossLabelNMS) -> Evaluation:
        """The same after suppression between labels.

        Raises:
            DocmarksError: The table names a label that the detector does not have.
        """
        nms.check(self.labels)
        results = (
            replace(result, predictions=tuple(map(nms, result.predictions)), known=None) for result in self.results
        )
        return replace(self, results=tuple(results))

    def counts_by_page(self) -> dict[str, np.ndarray]:
        """Of every page of all sets ``[P]``, at the thresholds and IoU 0.5: "truths", "right", "wrong" and "missed".

        A label counts only on the pages where it is exhaustive.
        """
        n = len(self.pooled.pages)
        found = {name: np.zeros(n, np.int64) for name in ("truths", "right", "wrong")}
        for label, threshold in zip(self.labels, self.thresholds, strict=True):
            matched = self.pooled.matched[label]
            outcome = matched.from_score(threshold)
            found["truths"] += np.bincount(matched.truth_page, minlength=n)
            found["right"] += np.bincount(matched.page[outcome == RIGHT], minlength=n)
            found["wrong"] += np.bincount(matched.page[outcome == WRONG], minlength=n)
        return found | {"missed": found["truths"] - found["right"]}

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

    def false_by_label(self) -> dict[str, tuple[int, int]]:
        """(marks, pages) of every label: found, at its threshold, on pages without a box where it is complete."""
        empty = np.array([not page.page.marks for page in self.pooled.pages], dtype=bool)
        found: dict[str, tuple[int, int]] = {}
        for label, threshold in zip(self.labels, self.thresholds, strict=True):
            complete = np.array([label in page.exhaustive for page in self.pooled.pages], dtype=bool)
            matched = self.pooled.matched[label]
            wrong = matched.from_score(threshold) == WRONG
            counts = np.bincount(matched.page[wrong], minlength=len(empty))
            found[label] = int(counts[empty & complete].sum()), int((empty & complete).sum())
        return found

    def to_json(self) -> dict[str, Any]:
        """Everything as plain numbers, nan as None."""
        false, n_empty = self.false_per_empty_page()
        false_by_label = {label: {"marks": marks, "pages": n} for label, (marks, n) in self.false_by_label().items()}
        return {
            "model": self.model,
            "sizes": list(self.sizes),
            "nms_iou": self.nms_iou,
            "label_set": self.label_set.model_dump(mode="json"),
            "labels": list(self.labels),
            "thresholds": dict(zip(self.labels, self.thresholds, strict=True)),
            "sets": {
                result.name: {
                    "pages": len(result.pages),
                    "labels": plain(result.scores),
                    "mean": plain(result.mean),
                    "at_thresholds": plain(self.at_thresholds_of(result)),
                }
                for result in (*self.results, self.pooled)
            },
            "drops": {
                name: {label: {"ap50": ap50, "ap": ap} for label, (ap50, ap) in drops.items()}
                for name, drops in self.drops.items()
            },
            "at_thresholds": plain(self.at_thresholds),
            "best_thresholds": plain(self.best_thresholds),
            "target_precision": self.target_precision,
            "target_thresholds": plain(self.target_thresholds),
            "calibration": {label: found.to_json() for label, found in self.calibrations.items()},
            "curves": {label: found.to_json() for label, found in self.curves.items()},
            "false_per_empty_page": {"marks": plain(false), "pages": n_empty},
            "false_on_empty_pages": false_by_label,
        }


def plain(value: Any) -> Any:
    """Figures as JSON holds them: a mapping or a dataclass becomes a dict, nan becomes None."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, LabelScore | Threshold | Quality):
        return plain(asdict(value))
    return None if isinstance(value, float) and np.isnan(value) else value
