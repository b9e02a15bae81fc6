"""What int8 costs in average precision, set by set, against the same network in fp32."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.average_precision import evaluate, mean_score
from docmarks.export.calibration import CalibrationPage
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Detections
from docmarks.runtime.detector import Detector
from docmarks.runtime.network import Float
from docmarks.runtime.session import core

if TYPE_CHECKING:
    from openvino import Model

Watch = Callable[[Sequence[Any], str], Iterable[Any]]
"""Gives the same things, one by one, and shows how far they have come; the text says with what."""

POINTS = 100
"""Average precision in percent."""


def unwatched(things: Sequence[Any], text: str) -> Iterable[Any]:
    """The same things; nobody watches."""
    return things


@dataclass(frozen=True)
class ExactPage:
    """A page, and what the fp32 network finds on it. ``page`` is in the model's labels."""

    given: CalibrationPage
    page: DatasetPage
    exact: Detections


@dataclass(frozen=True)
class Loss:
    """Points of AP (percent) that a network loses against the fp32 one; negative where it gains.

    Attributes:
        by_set: On each data set.
        by_page: On each page.
    """

    by_set: Mapping[Path, float]
    by_page: Sequence[float]

    @property
    def worst(self) -> float:
        """That of the set that loses most."""
        return max(self.by_set.values())

    @property
    def worst_set(self) -> Path:
        """The set that loses most."""
        return max(self.by_set, key=lambda folder: self.by_set[folder])


class InMemory:
    """A network in memory, where a detector has its runtime."""

    streams = 1

    def __init__(self, network: Model) -> None:
        """Compiles it, for now only: the cache is for models that stay."""
        self._network = core().compile_model(network, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

    def __call__(self, image: Float) -> tuple[Float, Float]:
        """As ``Network``."""
        found = self._network({0: image})
        return np.array(found[0]), np.array(found[1])


class Int8Loss:
    """Measures a network on annotated pages.

    AP is the mean over the labels that have ground truth, over the IoU thresholds .50:.05:.95. The loss is in points of
    it (percent), and that of several sets the worst of them.
    """

    def __init__(self, exact: Detector, pages: Iterable[CalibrationPage]) -> None:
        """Runs the fp32 model on all pages; those without a mark that counts are left out."""
        self.exact = exact
        label_set = LabelSet.load(exact.label_set) if exact.label_set else None
        self.pages = []
        for one in pages:
            page = one.page if label_set is None else one.page.relabel(label_set)
            if any(label in page.exhaustive for mark in page.page.marks if not mark.ignore for label in mark.labels):
                self.pages.append(ExactPage(one, page, exact(one.image)))

    def __call__(self, other: Detector, pages: Sequence[ExactPage] | None = None, watch: Watch = unwatched) -> Loss:
        """What another form of the model loses.

        Args:
            other: Finds marks, as ``exact`` does.
            pages: Some of ``self.pages``; None takes all.
            watch: Shows the progress.
        """
        judged = self.pages if pages is None else pages
        found = [other(one.given.image) for one in watch(judged, "pages in int8")]
        by_page = [self._loss([one], [seen]) for one, seen in zip(judged, found, strict=True)]
        return Loss(self._by_set(judged, found), by_page)

    def of(self, network: Model, pages: Sequence[ExactPage] | None = None, watch: Watch = unwatched) -> Loss:
        """What a network in memory loses."""
        return self(Detector(self.exact.sheet, InMemory(network), upright=self.exact.upright), pages, watch)

    def _by_set(self, judged: Sequence[ExactPage], found: Sequence[Detections]) -> dict[Path, float]:
        losses = {}
        for folder in dict.fromkeys(one.given.folder for one in judged):
            own = [i for i, one in enumerate(judged) if one.given.folder == folder]
            losses[folder] = self._loss([judged[i] for i in own], [found[i] for i in own])
        return losses

    def _loss(self, judged: Sequence[ExactPage], found: Sequence[Detections]) -> float:
        pages = [one.page for one in judged]
        before, after = (
            mean_score([one for one in evaluate(some, pages, self.exact.labels).values() if one.n_truth]).ap
            for some in ([one.exact for one in judged], found)
        )
        return POINTS * (before - after)
