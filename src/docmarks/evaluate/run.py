"""Runs a detector over annotated pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.read_page import read_page
from docmarks.data.split import pages_of
from docmarks.errors import DocmarksError
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.evaluate.part import Part
from docmarks.evaluate.predictions import Predictions
from docmarks.evaluate.quality import Quality, measure
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Detections
from docmarks.messages.nearest import did_you_mean
from docmarks.runtime.in_flight import in_flight
from docmarks.runtime.size import USUAL


class AnyDetector(Protocol):
    """What evaluation needs of a detector.

    Its ``label_set`` names the label set of its labels; one that has none is taken to speak the default set. Its
    ``nms_iou`` is the IoU up to which it leaves boxes of one label on each other, where it has one.
    """

    @property
    def labels(self) -> tuple[str, ...]:
        """The K labels."""

    @property
    def thresholds(self) -> Sequence[float]:
        """The minimum score of each."""

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Detections on a page ``[H, W, 3]`` RGB, in its pixels."""


Progress = Callable[[Sequence[DatasetPage]], Iterable[DatasetPage]]
"""Gives the same pages, one by one, and shows how far they have come."""


@dataclass(frozen=True)
class Seen:
    """What a run knows of a page: the detections, and what its scan is like."""

    found: Detections
    quality: Quality


class Journal(Protocol):
    """Remembers pages, so that an interrupted run goes on where it stopped."""

    def get(self, page: DatasetPage) -> Seen | None:
        """What is known of a page, if anything."""

    def put(self, page: DatasetPage, seen: Seen) -> None:
        """Keeps a page."""


def evaluate_detector(
    detector: AnyDetector,
    datasets: Sequence[Dataset],
    part: str = "validation",
    progress: Progress = iter,
    journal: Journal | None = None,
    complete: Collection[str] = (),
) -> Evaluation:
    """Runs the detector on every page.

    Args:
        detector: What finds marks.
        datasets: In source labels.
        part: "train", "validation" or "test" takes the documents of that part only (``data.split``), "all" every page.
        progress: Wraps the pages, to show a bar.
        journal: Knows the pages of an earlier, interrupted run of the same detector.
        complete: Sets, by name, that are taken as fully annotated for every label.

    Raises:
        DocmarksError: A page cannot be read, no page is left, or the detector's labels are not of its label set.
        ValueError: There is no such part.
    """
    label_set = LabelSet.load(getattr(detector, "label_set", "default"))
    for label in detector.labels:
        if label not in label_set.labels:
            hint = did_you_mean(label, label_set.labels, "name the set it was trained with")
            raise DocmarksError(f"label set {label_set.name}: has no label {label}, which the model finds; {hint}")
    chosen = choose(datasets, label_set, part, complete)
    pages = [page for dataset in chosen for page in dataset.pages]
    seen = iter(list(_run(detector, pages, progress, journal)))
    results = []
    for dataset in chosen:
        own = [next(seen) for _ in dataset.pages]
        found, qualities = tuple(one.found for one in own), tuple(one.quality for one in own)
        results.append(SetResult(dataset.name, dataset.pages, found, detector.labels, qualities))
    name = getattr(detector, "name", type(detector).__name__)
    sizes = tuple(getattr(detector, "sizes", USUAL))
    nms_iou = getattr(detector, "nms_iou", None)
    return Evaluation(
        detector.labels, tuple(detector.thresholds), tuple(results), label_set, name, sizes=sizes, nms_iou=nms_iou
    )


def evaluate_predictions(
    given: Predictions,
    datasets: Sequence[Dataset],
    part: str = "validation",
    progress: Progress | None = None,
    complete: Collection[str] = (),
) -> Evaluation:
    """Judges what any detector has found; no model runs.

    Args:
        given: What was found.
        datasets: In source labels.
        part: As ``evaluate_detector``.
        progress: If given, images are read to measure the quality of their scans.
        complete: As ``evaluate_detector``.

    Raises:
        DocmarksError: No page is left, or an image cannot be read.
    """
    labels = given.labels
    nothing = Detections(np.zeros((0, 4), np.float32), np.zeros((0, len(labels)), np.float32), labels)
    chosen = choose(datasets, given.label_set, part, complete)
    pages = [page for dataset in chosen for page in dataset.pages]
    qualities = iter([] if progress is None else [measure(read_page(page)) for page in progress(pages)])
    results = [
        SetResult(
            dataset.name,
            dataset.pages,
            tuple(given.found.get((page.file, page.number), nothing) for page in dataset.pages),
            labels,
            () if progress is None else tuple(next(qualities) for _ in dataset.pages),
        )
        for dataset in chosen
    ]
    return Evaluation(
        labels, given.thresholds, tuple(results), given.label_set, given.model, sizes=given.sizes, nms_iou=given.nms_iou
    )


def choose(
    datasets: Sequence[Dataset], label_set: LabelSet, part: str, complete: Collection[str] = ()
) -> list[Dataset]:
    """The sets in the labels of a label set, only the pages of a part; each with a name of its own.

    Those that ``complete`` names are taken as fully annotated.

    Raises:
        DocmarksError: No page is left.
        ValueError: There is no such part.
    """
    names = [one.value for one in Part]
    if part not in names:
        raise ValueError(f"part is one of {', '.join(names)}, not {part}")
    chosen = [_only(dataset.completed(complete, label_set), part).relabel(label_set) for dataset in datasets]
    if not any(dataset.pages for dataset in chosen):
        cure = "" if part == "all" else "; take --part all"
        which = "" if part == "all" else f"{part} "
        raise DocmarksError(f"{', '.join(str(dataset.root) for dataset in datasets)}: no {which}pages{cure}")
    return [replace(dataset, name=name) for name, dataset in zip(_names(chosen), chosen, strict=True)]


def _run(
    detector: AnyDetector, pages: Sequence[DatasetPage], progress: Progress, journal: Journal | None
) -> Iterator[Seen]:
    known = [journal.get(page) if journal is not None else None for page in pages]

    def work(image: NDArray[np.uint8]) -> Seen:
        return Seen(detector(image), measure(image))

    left = [page for page, one in zip(pages, known, strict=True) if one is None]
    images = (read_page(page) for page in progress(left))
    new = in_flight(work, images, getattr(detector, "streams", 1))
    for page, one in zip(pages, known, strict=True):
        if one is None:
            one = next(new)
            if journal is not None:
                journal.put(page, one)
        yield one


def _names(datasets: Sequence[Dataset]) -> list[str]:
    """A name for each; of equal ones the folder too, so that no figure takes the place of another."""
    names = [dataset.name for dataset in datasets]
    return [
        name if names.count(name) == 1 else f"{name} ({dataset.root})"
        for name, dataset in zip(names, datasets, strict=True)
    ]


def _only(dataset: Dataset, part: str) -> Dataset:
    return dataset if part == "all" else pages_of(dataset, {"validation": "val"}.get(part, part))
