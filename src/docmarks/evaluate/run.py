"""Runs a detector over annotated pages and gathers its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.split import split
from docmarks.errors import DocmarksError
from docmarks.evaluate.average_precision import LabelScore, matches, score
from docmarks.evaluate.thresholds import Threshold, at_score, best_f1
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Detections

ALL_SETS = "all sets"


class AnyDetector(Protocol):
    """What evaluation needs of a detector."""

    labels: tuple[str, ...]
    thresholds: Sequence[float]

    @property
    def label_set(self) -> str:
        """Name of the label set of its labels."""

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Detections on a page ``[H, W, 3]`` RGB."""


@dataclass(frozen=True)
class SetResult:
    """Predictions on one data set, in the detector's labels."""

    name: str
    pages: tuple[DatasetPage, ...]
    predictions: tuple[Detections, ...]


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

    def pooled(self) -> SetResult:
        """All pages together."""
        pages = tuple(page for result in self.results for page in result.pages)
        return SetResult(ALL_SETS, pages, tuple(p for result in self.results for p in result.predictions))

    def scores(self, result: SetResult) -> dict[str, LabelScore]:
        """Average precision of every label that has ground truth in the result."""
        found = {label: score(matches(result.predictions, result.pages, label)) for label in self.labels}
        return {label: figures for label, figures in found.items() if figures.n_truth}

    def at_thresholds(self, result: SetResult) -> dict[str, Threshold]:
        """Precision, recall and F1 of every label at the detector's own thresholds."""
        return {
            label: at_score(matches(result.predictions, result.pages, label), threshold)
            for label, threshold in zip(self.labels, self.thresholds, strict=True)
        }

    def best_thresholds(self) -> dict[str, Threshold]:
        """The threshold of the best F1 of every label, on all pages."""
        pooled = self.pooled()
        return {label: best_f1(matches(pooled.predictions, pooled.pages, label)) for label in self.labels}

    def false_per_empty_page(self) -> tuple[float, int]:
        """Marks found, at the thresholds, a page that is fully annotated and empty; and how many such pages."""
        pooled, counts = self.pooled(), []
        for page, found in zip(pooled.pages, pooled.predictions, strict=True):
            if not page.page.marks and page.exhaustive.issuperset(self.labels):
                counts.append(len(found.marks(self.thresholds)))
        return (float(np.mean(counts)) if counts else float("nan"), len(counts))

    def to_json(self) -> dict[str, Any]:
        """Everything as plain numbers, nan as None."""
        sets = {
            result.name: {
                "pages": len(result.pages),
                "labels": {label: _plain(asdict(figures)) for label, figures in self.scores(result).items()},
            }
            for result in (*self.results, self.pooled())
        }
        false, n_empty = self.false_per_empty_page()
        return {
            "sets": sets,
            "at_thresholds": {label: _plain(asdict(t)) for label, t in self.at_thresholds(self.pooled()).items()},
            "best_thresholds": {label: _plain(asdict(t)) for label, t in self.best_thresholds().items()},
            "false_per_empty_page": _plain({"marks": false, "pages": n_empty}),
        }


def evaluate_detector(
    detector: AnyDetector, datasets: Sequence[Dataset], part: str = "validation", progress: Progress | None = None
) -> Evaluation:
    """Runs the detector on every page.

    Args:
        detector: What finds marks.
        datasets: In source labels.
        part: "validation" takes the validation documents only, "all" every page.
        progress: Wraps the pages, to show a bar.

    Raises:
        DocmarksError: A page cannot be read, or no page is left.
    """
    label_set = LabelSet.load(detector.label_set)
    chosen = [(split(dataset)[1] if part == "validation" else dataset).relabel(label_set) for dataset in datasets]
    total = sum(len(dataset.pages) for dataset in chosen)
    if total == 0:
        raise DocmarksError(f"no {part} pages in {', '.join(str(dataset.root) for dataset in datasets)}")
    pages = [page for dataset in chosen for page in dataset.pages]
    found = iter([detector(read_page(page)) for page in (progress(pages) if progress else pages)])
    results = tuple(
        SetResult(dataset.name, dataset.pages, tuple(next(found) for _ in dataset.pages)) for dataset in chosen
    )
    return Evaluation(detector.labels, tuple(detector.thresholds), results)


class Progress(Protocol):
    """Shows how far a sequence of pages has come."""

    def __call__(self, pages: Sequence[DatasetPage]) -> Iterator[DatasetPage]:
        """The same pages, one by one."""


def read_page(page: DatasetPage) -> NDArray[np.uint8]:
    """The page's image, upright, ``[H, W, 3]``.

    Raises:
        DocmarksError: It cannot be read, or is not of the size that the annotation says.
    """
    try:
        with Image.open(page.file) as image:
            upright = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    except OSError as error:
        raise DocmarksError(f"{page.file}: cannot read the image ({error}); check the data set's files") from error
    if upright.shape[:2] != (page.page.height, page.page.width):
        size = f"{upright.shape[1]} x {upright.shape[0]}"
        raise DocmarksError(f"{page.file}: is {size}, its annotation says {page.page.width} x {page.page.height}")
    return upright


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {key: None if isinstance(value, float) and np.isnan(value) else value for key, value in values.items()}
