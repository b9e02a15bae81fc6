"""Several detectors on the same annotated pages, in turn in one process: what each finds is worth, and its speed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docmarks.cli.progress import page_bar
from docmarks.data.coco_file import read
from docmarks.data.dataset import Dataset
from docmarks.data.read_page import read_page
from docmarks.data.split import pages_of
from docmarks.evaluate.evaluation import Evaluation
from docmarks.evaluate.predictions import Predictions
from docmarks.evaluate.run import choose, evaluate_predictions
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Detections
from docmarks.runtime.detector import Detector

PARTS = {"validation": "val", "test": "test"}


@dataclass(frozen=True)
class Side:
    """One detector on all pages.

    Attributes:
        evaluation: Of what it has found.
        network: Seconds in the network, one a page.
        whole: Seconds from the file to the marks, one a page; the file is read once for all detectors.
        found: What it has found on each page, in the same order.
    """

    evaluation: Evaluation
    network: tuple[float, ...]
    whole: tuple[float, ...]
    found: tuple[Detections, ...]

    @property
    def network_speed(self) -> float:
        """Pages a second."""
        return len(self.network) / sum(self.network)

    @property
    def whole_speed(self) -> float:
        """Pages a second."""
        return len(self.whole) / sum(self.whole)


class Timed:
    """A network that notes how long it took for a page (or for all parts of one)."""

    def __init__(self, detector: Detector) -> None:
        """Takes the place of the detector's own."""
        self.session, self.seconds = detector.session, 0.0
        self.streams = detector.session.streams

    def __call__(self, image: object) -> object:
        began = time.perf_counter()
        found = self.session(image)  # type: ignore[arg-type]
        self.seconds += time.perf_counter() - began
        return found


def side_by_side(
    detectors: Mapping[str, Detector], folders: Sequence[Path], part: str, most: int | None = None
) -> dict[str, Side]:
    """Every page by every detector before the next page comes, so that a busy moment hits all of them.

    Args:
        detectors: By name; all of the same labels.
        folders: Data sets.
        part: "validation", "test" or "all".
        most: Only so many pages of each set.
    """
    first = next(iter(detectors.values()))
    label_set = LabelSet.load(first.label_set)
    datasets = [some_of(read(folder), part, most) for folder in folders]
    pages = [page for dataset in choose(datasets, label_set, "all") for page in dataset.pages]
    clocks = {name: Timed(detector) for name, detector in detectors.items()}
    for name, detector in detectors.items():
        detector.session = clocks[name]  # type: ignore[assignment]
    found: dict[str, dict[tuple[Path, int], Detections]] = {name: {} for name in detectors}
    network: dict[str, list[float]] = {name: [] for name in detectors}
    whole: dict[str, list[float]] = {name: [] for name in detectors}
    for page in page_bar(pages):
        began = time.perf_counter()
        image = read_page(page)
        reading = time.perf_counter() - began
        for name, detector in detectors.items():
            if not whole[name]:
                detector(image)  # the first call of a network prepares it
            clocks[name].seconds, began = 0.0, time.perf_counter()
            found[name][page.file, page.number] = detector(image)
            whole[name].append(reading + time.perf_counter() - began)
            network[name].append(clocks[name].seconds)
    return {
        name: Side(
            evaluate_predictions(Predictions.of(found[name], detector, name), datasets, "all"),
            tuple(network[name]),
            tuple(whole[name]),
            tuple(found[name].values()),
        )
        for name, detector in detectors.items()
    }


def some_of(dataset: Dataset, part: str, most: int | None) -> Dataset:
    """Only the documents of a part, and only so many pages."""
    chosen = dataset if part == "all" else pages_of(dataset, PARTS[part])
    return replace(chosen, pages=chosen.pages[:most])
