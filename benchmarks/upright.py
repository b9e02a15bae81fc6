"""Pages on their side and upside down: python benchmarks/upright.py MODEL DATA...

Every validation page is seen in all four turns: how many are set upright as they should be, how many upright ones are
turned though nothing is wrong with them, and the mean AP50 and AP of the model on the pages in each turn, as they lie
and set upright.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

import numpy as np
from machine import facts, show_all
from numpy.typing import NDArray
from side_by_side import some_of

import docmarks
from docmarks.cli.progress import page_bar
from docmarks.data.coco_file import read
from docmarks.data.dataset import DatasetPage
from docmarks.data.read_page import read_pixels
from docmarks.evaluate.run import evaluate_detector
from docmarks.marks import Detections
from docmarks.runtime.detector import Detector
from docmarks.runtime.resize import resize
from docmarks.runtime.upright import Upright, lain_back

QUICK_PAGES = 2


class Turned:
    """A detector that gets every page turned, so that so many quarter turns counter-clockwise set it upright."""

    def __init__(self, detector: Detector, quarters: int) -> None:
        self.detector, self.quarters = detector, quarters
        self.labels, self.thresholds = detector.labels, detector.thresholds

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        lying = self.detector(np.ascontiguousarray(np.rot90(image, -self.quarters)))
        return lain_back(lying, -self.quarters % 4, (image.shape[1], image.shape[0]))


def told(upright: Upright, detector: Detector, page: DatasetPage) -> tuple[list[int], float]:
    """The quarter turns that are told for the page in each of its turns, and the seconds that one took."""
    pixels = read_pixels(page, grey=True)
    look = resize(pixels, detector.working_size(pixels.shape[1], pixels.shape[0]), "L")
    turned = [np.ascontiguousarray(np.rot90(look, -quarters)) for quarters in range(4)]
    began = time.perf_counter()
    return [upright(one) for one in turned], (time.perf_counter() - began) / 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help='A model file, a run folder, or "default".')
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--part", default="validation", choices=("validation", "test", "all"))
    parser.add_argument("--only-told", action="store_true", help="Leave the AP out: it takes the model eight times.")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_PAGES} pages a set.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    model = None if args.model == "default" else args.model
    as_it_lies, set_upright = (docmarks.load_detector(model, auto_rotate=rotate) for rotate in (False, True))
    upright = Upright()
    sets = [some_of(read(folder), args.part, QUICK_PAGES if args.quick else None) for folder in args.data]
    rows: list[dict[str, Any]] = []
    for dataset in sets:
        answers, seconds = zip(*(told(upright, as_it_lies, page) for page in page_bar(dataset.pages)), strict=True)
        right = (np.array(answers) == np.arange(4)).mean(0)
        row: dict[str, Any] = {"set": dataset.name, "pages": len(answers)}
        row |= {f"right at {90 * quarters}": float(right[quarters]) for quarters in range(4)}
        rows.append(row | {"ms a page": 1000 * float(np.median(seconds))})
    tables = {"Pages that are set upright": rows}
    if not args.only_told:
        rows = tables["Found on pages in every turn"] = []
        for quarters in range(4):
            for name, detector in (("as it lies", as_it_lies), ("set upright", set_upright)):
                turned = Turned(detector, quarters)
                mean = evaluate_detector(turned, sets, "all", page_bar).pooled.mean
                rows.append({"turned by": 90 * quarters, "pages are seen": name, "AP50": mean.ap50, "AP": mean.ap})
    show_all(tables, facts("docmarks", "openvino") | {"model": args.model, "part": args.part}, args.json)


if __name__ == "__main__":
    main()
