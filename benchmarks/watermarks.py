"""What a watermark under a page changes of what is found on it: python benchmarks/watermarks.py MODEL... --data DATA...

Every validation page is seen as it is and with a watermark, which is no mark. What is found at the thresholds with
it should be what is found without it: the share that is found again (the same label, IoU 0.5), and what is new.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import docmarks
from docmarks.data.coco_file import read
from docmarks.data.read_page import read_page
from docmarks.evaluate.run import choose
from docmarks.export.agreement import same_mark
from docmarks.labels.label_set import LabelSet
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.printed.watermark import watermark
from docmarks.train.samples.luminance import relit
from machine import facts, show


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+", help='Model files, run folders, or "default".')
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--ink", type=Path, help="Typefaces and pictures; without, the standard fonts.")
    parser.add_argument("--part", default="validation")
    parser.add_argument("--quick", action="store_true", help="Two pages a set.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    case = InkLibrary.of(args.ink).case
    rows: list[dict[str, Any]] = []
    for name in args.models:
        detector = docmarks.load_detector(None if name == "default" else name)
        plain, again, new, pages = 0, 0, 0, 0
        for dataset in choose([read(folder) for folder in args.data], LabelSet.load(detector.label_set), args.part):
            for number, page in enumerate(dataset.pages[: 2 if args.quick else None]):
                pixels, rng = read_page(page), np.random.default_rng(number)
                under = partial(watermark, rng=rng, case=case, long_side=max(pixels.shape[:2]))
                first, second = (detector(seen).marks(detector.thresholds) for seen in (pixels, relit(pixels, under)))
                plain, pages = plain + len(first), pages + 1
                again += sum(any(same_mark(mark, other, 0.5) for other in second) for mark in first)
                new += sum(not any(same_mark(mark, other, 0.5) for other in first) for mark in second)
        rows.append(
            {
                "model": name,
                "pages": pages,
                "marks": plain,
                "found again": again / max(plain, 1),
                "new a page": new / max(pages, 1),
            }
        )
    show("Pages with a watermark", rows, facts("docmarks"), args.json)


if __name__ == "__main__":
    main()
