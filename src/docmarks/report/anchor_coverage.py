"""How well a set of anchors fits the boxes of a data set: to be known before training."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from docmarks.data.dataset import Dataset
from docmarks.evaluate.anchor_fit import GOOD_IOU, best_iou
from docmarks.model.config import AnchorConfig, InputConfig
from docmarks.report.proposals import levels_of
from docmarks.runtime.prepare import working_size


@dataclass(frozen=True)
class Coverage:
    """One label's boxes against the anchors.

    Attributes:
        label: The label.
        boxes: How many.
        side_px: Median of the square root of the area, at the network's input.
        smallest_px: Its 5th percentile.
        mean_iou: Mean IoU with the best anchor.
        covered: Share with an anchor of IoU 0.5 or more.
        levels: Share of the boxes that each level p2..p5 pools.
    """

    label: str
    boxes: int
    side_px: float
    smallest_px: float
    mean_iou: float
    covered: float
    levels: tuple[float, float, float, float]


def coverage(datasets: Sequence[Dataset], wanted: InputConfig, anchors: AnchorConfig) -> list[Coverage]:
    """Every label of the data sets (as they are labelled), most frequent first.

    Args:
        datasets: With the labels to tell apart.
        wanted: How the network resizes a page.
        anchors: The anchors to judge.
    """
    sides = defaultdict(list)
    for dataset in datasets:
        for page in dataset.pages:
            width, height = page.page.width, page.page.height
            size = working_size(wanted, width, height)
            for mark in page.page.marks:
                if not mark.ignore:
                    scaled = mark.scaled(size[0] / width, size[1] / height)
                    for label in mark.labels:
                        sides[label].append((scaled.width, scaled.height))
    found = [_of_label(label, np.array(boxes, np.float64), anchors) for label, boxes in sides.items()]
    return sorted(found, key=lambda one: -one.boxes)


def _of_label(label: str, sides: np.ndarray, anchors: AnchorConfig) -> Coverage:
    real = sides[(sides > 0).all(axis=1)]
    ious = best_iou(real[:, 0], real[:, 1], anchors) if len(real) else np.zeros(1)
    root = np.sqrt(sides[:, 0] * sides[:, 1])
    boxes = torch.cat((torch.zeros(len(sides), 2), torch.from_numpy(sides).float()), dim=1).numpy()
    levels = levels_of(boxes)
    shares = [levels.count(level) / len(levels) for level in (2, 3, 4, 5)]
    return Coverage(
        label,
        len(sides),
        float(np.median(root)),
        float(np.percentile(root, 5)),
        float(ious.mean()),
        float((ious >= GOOD_IOU).mean()),
        (shares[0], shares[1], shares[2], shares[3]),
    )
