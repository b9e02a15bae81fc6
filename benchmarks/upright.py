"""Pages on their side, upside down and crooked: python benchmarks/upright.py MODEL DATA...

Every validation page is seen in all four turns: how many are set upright as they should be, how many upright ones are
turned though nothing is wrong with them, what it costs, and the mean AP50 and AP of the model on pages that were
turned or lie crooked, as they lie and set upright.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import docmarks
from docmarks.cli.progress import page_bar
from docmarks.data.coco_file import read
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.read_page import read_pixels
from docmarks.evaluate.average_precision import LabelScore
from docmarks.evaluate.predictions import Predictions
from docmarks.evaluate.run import evaluate_predictions
from docmarks.marks import Mark, Page
from docmarks.runtime.detector import Detector
from docmarks.runtime.pose import Pose
from docmarks.runtime.resize import resize
from docmarks.runtime.skew import skew_of
from docmarks.runtime.upright import Upright
from docmarks.synth.scan.skew import skew
from docmarks.train.samples.luminance import grey_of
from machine import facts, show_all
from side_by_side import some_of

QUICK_PAGES = 2

COST_PAGES = 5
"""Pages of each set on which times are taken."""

WAYS = ((0, 0), (1, 0), (2, 0), (3, 0), (0, 3), (0, -3), (0, 6), (0, -6), (0, 10), (0, -10))
"""Quarters clockwise, and degrees counter-clockwise."""


def lying(page: DatasetPage, quarters: int, degrees: float) -> tuple[NDArray[np.uint8], DatasetPage]:
    """A page as a scanner may have got it: turned clockwise by quarters, then by some degrees counter-clockwise."""
    image = np.ascontiguousarray(np.rot90(grey_of(read_pixels(page, grey=True)), -quarters))
    height, width = image.shape
    # Seen from the page that lies, the upright one is it after as many turns.
    marks: Sequence[Mark] = Pose(quarters).marks_back(page.page.marks, (width, height))
    if degrees:
        image, marks = skew(image, marks, degrees)
    return image, replace(page, page=Page(width, height, page.page.dpi, page.page.number, tuple(marks)))


def measured(detector: Detector, sets: list[Dataset], quarters: int, degrees: float) -> LabelScore:
    """The mean over the labels on the pages as they lie then."""
    found, turned = {}, []
    for dataset in sets:
        pages = []
        for page in page_bar(dataset.pages):
            image, there = lying(page, quarters, degrees)
            found[page.file, page.number] = detector(image)
            pages.append(there)
        turned.append(replace(dataset, pages=tuple(pages)))
    return evaluate_predictions(Predictions.of(found, detector), turned, "all").pooled.mean


def told(upright: Upright, detector: Detector, page: DatasetPage) -> list[int]:
    """The quarter turns that are told for the page in each of its turns."""
    look = seen(detector, read_pixels(page, grey=True))
    return [upright(np.ascontiguousarray(np.rot90(look, -quarters))).quarters for quarters in range(4)]


def seen(detector: Detector, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A page as the detector looks at it, in grey."""
    return resize(pixels, detector.working_size(pixels.shape[1], pixels.shape[0]), "L")


def costs(as_it_lies: Detector, set_upright: Detector, pages: Sequence[DatasetPage]) -> dict[str, float]:
    """Milliseconds a page, medians over the pages, the parts in turn on each; pages are not read from files again."""
    upright = Upright()
    seconds: dict[str, list[float]] = {}
    for page in page_bar(pages):
        pixels = read_pixels(page, grey=True)
        look = seen(as_it_lies, pixels)
        parts: dict[str, Callable[[], object]] = {
            "page as it lies": partial(as_it_lies, pixels),
            "page set upright": partial(set_upright, pixels),
            "quarters": partial(upright.quarters, look),
            "degrees": partial(skew_of, look),
        }
        for name, part in parts.items():
            part()  # the first of a size is slower
            began = time.perf_counter()
            part()
            seconds.setdefault(name, []).append(time.perf_counter() - began)
    return {f"{name}, ms": 1000 * float(np.median(each)) for name, each in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help='A model file, a run folder, or "default".')
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--part", default="validation", choices=("validation", "test", "all"))
    parser.add_argument(
        "--only-told", action="store_true", help="Leave the AP out: the model sees every page 20 times for it."
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_PAGES} pages a set.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    model = None if args.model == "default" else args.model
    as_it_lies, set_upright = (docmarks.load_detector(model, auto_rotate=rotate) for rotate in (False, True))
    upright = Upright()
    sets = [some_of(read(folder), args.part, QUICK_PAGES if args.quick else None) for folder in args.data]
    rows: list[dict[str, Any]] = []
    for dataset in sets:
        answers = [told(upright, as_it_lies, page) for page in page_bar(dataset.pages)]
        right = (np.array(answers) == np.arange(4)).mean(0)
        row: dict[str, Any] = {"set": dataset.name, "pages": len(answers)}
        row |= {f"right at {90 * quarters}": float(right[quarters]) for quarters in range(4)}
        rows.append(row)
    some = [page for dataset in sets for page in dataset.pages[:COST_PAGES]]
    cost = {"pages": len(some), **costs(as_it_lies, set_upright, some)}
    tables = {"Pages that are set upright": rows, "What it costs": [cost]}
    if not args.only_told:
        rows = tables["Found on pages that lie otherwise"] = []
        for quarters, degrees in WAYS:
            for name, detector in (("as they lie", as_it_lies), ("set upright", set_upright)):
                mean = measured(detector, sets, quarters, degrees)
                turned = {"turned by": 90 * quarters, "crooked by": degrees, "pages are seen": name}
                rows.append(turned | {"AP50": mean.ap50, "AP": mean.ap})
    show_all(tables, facts("docmarks", "openvino") | {"model": args.model, "part": args.part}, args.json)


if __name__ == "__main__":
    main()
