"""Measures a network in training on the validation part: the four losses of training, and average precision."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.read_page import read_page
from docmarks.data.split import fraction, pages_of
from docmarks.evaluate.evaluation import Evaluation
from docmarks.evaluate.run import Progress, evaluate_detector
from docmarks.labels.label_set import LabelSet
from docmarks.model.config import ModelConfig
from docmarks.model.detector import FasterRCNN
from docmarks.model.targets import Targets
from docmarks.runtime.prepare import prepare
from docmarks.train.config import TrainConfig
from docmarks.train.detector import ModelDetector
from docmarks.train.device import Device
from docmarks.train.distributed import Processes
from docmarks.train.targets import targets_of

LEAST_SIDE = 1.0
"""A mark that is smaller than this on the resized page, in pixels, is not one to learn from."""


@dataclass(frozen=True)
class FixedPage:
    """A page as the network sees it at detection, with its targets: the same at every measurement.

    Attributes:
        pixels: ``[1, C, H, W]`` uint8.
        targets: In its pixels.
    """

    pixels: NDArray[np.uint8]
    targets: Targets


class Validator:
    """Holds the validation part and measures weights on it."""

    def __init__(self, config: TrainConfig, datasets: Sequence[Dataset], device: Device, processes: Processes) -> None:
        """Takes the validation part of ``datasets`` (in source labels); there is at least one such page."""
        self.config, self.device, self.processes = config, device, processes
        parts = [replace(part, name=d.name) for d in datasets if (part := pages_of(d, "val")).pages]
        rules = LabelSet.load(config.model.label_set)
        # As they are trained on: what is measured chooses the weights that are kept, and their minimum scores.
        self.datasets = [part.completed(config.assume_exhaustive, rules) for part in parts]
        self.chosen = [page.relabel(rules) for _, page in spread(self.datasets, config.validation.pages)]
        self._fixed: list[FixedPage | None] = [None] * len(self.chosen)
        self.model = FasterRCNN(config.model).to(device.place).eval()

    def load(self, weights: dict[str, Tensor]) -> None:
        """The weights to measure."""
        self.model.load_state_dict(weights)

    @torch.no_grad()
    def losses(self) -> dict[str, float]:
        """``val_loss`` and its four components, a mean over the chosen pages.

        Nothing learns: statistics stay, and no gradient is taken. The proposals are as many as in training, and a page
        draws the same samples at every measurement, so that only the weights make the curve move. The processes share
        the pages.
        """
        self.model.eval()
        self.model.proposals.train()
        mine = {i: self._losses_of(i) for i in range(self.processes.rank, len(self.chosen), self.processes.count)}
        self.model.proposals.eval()
        every = dict(itertools.chain.from_iterable(part.items() for part in self.processes.gather(mine)))
        names = every[0].keys()
        means = {name: math.fsum(every[i][name] for i in range(len(every))) / len(every) for name in names}
        return {"val_loss": math.fsum(means.values())} | {f"val_{name}": value for name, value in means.items()}

    def precision(self, progress: Progress = iter) -> Evaluation:
        """Detections on every validation page, and the figures that follow; ``progress`` wraps the pages."""
        detector = ModelDetector(self.model.eval(), self.device.place)
        return evaluate_detector(detector, self.datasets, "validation", progress)

    def _losses_of(self, index: int) -> dict[str, float]:
        page = self._fixed[index] or fixed(self.chosen[index], self.config.model)
        self._fixed[index] = page
        images = torch.from_numpy(page.pixels).to(self.device.place).float()
        with self.device.autocast():
            draws = torch.Generator().manual_seed(index)
            losses = self.model.losses(images, [page.targets], draws)
        return {name: float(value) for name, value in losses.items()}


def spread(datasets: Sequence[Dataset], count: int) -> list[tuple[str, DatasetPage]]:
    """Up to ``count`` pages with the name of their set: of every set in turn, in an order that no run changes."""
    queues = [[(d.name, page) for page in sorted(d.pages, key=lambda page: fraction(page.file.name))] for d in datasets]
    dealt = [pair for row in itertools.zip_longest(*queues) for pair in row if pair is not None]
    return dealt[:count]


def fixed(page: DatasetPage, model: ModelConfig) -> FixedPage:
    """A page in the labels of ``model``, resized as for detection.

    Raises:
        DocmarksError: The image cannot be read.
    """
    pixels = prepare(read_page(page), model.input)
    x, y = pixels.shape[3] / page.page.width, pixels.shape[2] / page.page.height
    scaled = (mark.scaled(x, y) for mark in page.page.marks)
    marks = [replace(m, ignore=m.ignore or min(m.width, m.height) < LEAST_SIDE) for m in scaled]
    targets = targets_of(marks, page.exhaustive, model.labels)
    return FixedPage(pixels.astype(np.uint8), targets)  # resizing has rounded them already


def summary(evaluation: Evaluation) -> dict[str, float]:
    """``AP50`` and ``AP``: means over the labels that the validation part has; nothing where it has none."""
    if not evaluation.pooled.scores:
        return {}
    mean = evaluation.pooled.mean
    return {"AP50": mean.ap50, "AP": mean.ap}
