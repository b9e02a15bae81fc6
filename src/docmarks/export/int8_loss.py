"""What int8 costs in average precision, set by set, against the same network in fp32."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.average_precision import evaluate, mean_score
from docmarks.export.calibration import CalibrationPage
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Detections
from docmarks.runtime.detector import Detector
from docmarks.runtime.network import Float

POINTS = 100
"""Average precision in percent."""


@dataclass(frozen=True)
class Judged:
    """A page, and what the fp32 network finds on it. ``page`` is in the model's labels."""

    given: CalibrationPage
    page: DatasetPage
    exact: Detections


class Compiled:
    """A network that the quantiser has compiled, where a detector has its runtime."""

    streams = 1

    def __init__(self, network: Any) -> None:
        """``network`` is an ``openvino.CompiledModel``."""
        self.network = network

    def __call__(self, image: Float) -> tuple[Float, Float]:
        """As ``Network``."""
        found = self.network({0: image})
        return np.array(found[0]), np.array(found[1])


class Int8Loss:
    """Measures a network on annotated pages.

    AP is the mean over the labels that have ground truth, over the IoU thresholds .50:.05:.95. The loss is in points of
    it (percent), and that of several sets the worst of them.
    """

    def __init__(self, exact: Detector, pages: Sequence[CalibrationPage]) -> None:
        """Runs the fp32 model on all pages; those without a mark that counts are left out."""
        self.exact = exact
        label_set = LabelSet.load(exact.label_set) if exact.label_set else None
        self.pages = []
        for one in pages:
            page = one.page if label_set is None else one.page.relabel(label_set)
            if any(label in page.exhaustive for mark in page.page.marks if not mark.ignore for label in mark.labels):
                self.pages.append(Judged(one, page, exact(one.image)))

    def by_set(self, other: Detector) -> Mapping[Path, float]:
        """Points of AP that ``other`` loses on each data set."""
        return self._by_set(self.pages, [other(one.given.image) for one in self.pages])

    def __call__(self, network: Any, pages: Iterable[Judged]) -> tuple[float, list[float]]:
        """What NNCF's accuracy control asks: the more the better, (of the worst set, of each page).

        Both are 100 less the points lost, for it divides by what the fp32 network has.

        Args:
            network: Compiled by OpenVINO.
            pages: Some of ``self.pages``.
        """
        other, judged = Detector(self.exact.sheet, Compiled(network)), list(pages)
        found = [other(one.given.image) for one in judged]
        losses = [self._loss([one], [seen]) for one, seen in zip(judged, found, strict=True)]
        return POINTS - max(self._by_set(judged, found).values()), [POINTS - loss for loss in losses]

    def _by_set(self, judged: Sequence[Judged], found: Sequence[Detections]) -> dict[Path, float]:
        losses = {}
        for folder in dict.fromkeys(one.given.folder for one in judged):
            own = [i for i, one in enumerate(judged) if one.given.folder == folder]
            losses[folder] = self._loss([judged[i] for i in own], [found[i] for i in own])
        return losses

    def _loss(self, judged: Sequence[Judged], found: Sequence[Detections]) -> float:
        pages = [one.page for one in judged]
        before, after = (
            mean_score([one for one in evaluate(some, pages, self.exact.labels).values() if one.n_truth]).ap
            for some in ([one.exact for one in judged], found)
        )
        return POINTS * (before - after)
