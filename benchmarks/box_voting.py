"""What boxes that vote bring: the same regions of the same pages, selected with and without, and what it takes.

python benchmarks/box_voting.py MODEL DATA...
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import docmarks
from docmarks.data.coco_file import read
from docmarks.data.dataset import DatasetPage
from docmarks.data.read_page import read_page
from docmarks.evaluate.predictions import Predictions
from docmarks.evaluate.run import choose, evaluate_predictions
from docmarks.labels.label_set import LabelSet
from docmarks.model.config import ModelConfig
from docmarks.runtime.detector import Detector, in_page_pixels
from docmarks.runtime.select import select
from machine import facts, show

Float = NDArray[np.float32]


@dataclass(frozen=True)
class Seen:
    """A page's regions in pixels of what the network saw, their scores; (width, height) of that and of the page."""

    boxes: Float
    scores: Float
    size: tuple[int, int]
    page: tuple[int, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help='A model file, a run folder, or "default".')
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--iou", type=float, nargs="+", default=[0.5, 0.6, 0.7, 0.8, 0.9])
    parser.add_argument("--part", default="validation")
    parser.add_argument("--quick", action="store_true", help="One IoU, two pages a set.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    detector = docmarks.load_detector(None if args.model == "default" else args.model)
    datasets, label_set = [read(folder) for folder in args.data], LabelSet.load(detector.label_set)
    pages = {
        (page.file, page.number): look(detector, page)
        for dataset in choose(datasets, label_set, args.part)
        for page in dataset.pages[: 2 if args.quick else None]
    }
    rows: list[dict[str, Any]] = []
    for iou in [None, *args.iou[: 1 if args.quick else None]]:
        roi = detector.sheet.config.roi.model_copy(update={"vote_iou": iou})
        config = detector.sheet.config.model_copy(update={"roi": roi})
        began = time.perf_counter()
        found = {key: marks(seen, config) for key, seen in pages.items()}
        seconds = time.perf_counter() - began
        evaluation = evaluate_predictions(Predictions.of(found, detector), datasets, args.part)
        rows.append(
            {
                "votes from IoU": "none" if iou is None else f"{iou:g}",
                "AP50": 100 * evaluation.pooled.mean.ap50,
                "AP": 100 * evaluation.pooled.mean.ap,
                "selection, ms a page": 1000 * seconds / len(pages),
                **{label: f"{100 * score.ap:.1f}" for label, score in evaluation.pooled.scores.items()},
            }
        )
    show(f"AP of {detector.name}, mean over labels and by label", rows, facts("docmarks"), args.json)


def look(detector: Detector, page: DatasetPage) -> Seen:
    """The network's answer for a page."""
    image = read_page(page)
    pixels = detector.prepare(image)
    boxes, scores = detector.session(pixels)
    return Seen(boxes, scores, (pixels.shape[3], pixels.shape[2]), (image.shape[1], image.shape[0]))


def marks(seen: Seen, config: ModelConfig) -> docmarks.Detections:
    """What is selected of it."""
    return in_page_pixels(select(seen.boxes, seen.scores, config), seen.size, seen.page)


if __name__ == "__main__":
    main()
