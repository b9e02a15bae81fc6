"""A picture of what a model gets wrong on annotated pages: a row a label, what was missed and what was found wrongly.

python benchmarks/failures.py MODEL DATA... -o failures.webp

The prediction is tinted, the ground truth an outline, in the colours of their labels. The surest wrong ones come first;
missed ones are spread over the pages. `docmarks evaluate -o` has all of them, to look through.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from docmarks.data.coco_file import read
from docmarks.data.read_page import read_page
from docmarks.evaluate.evaluation import Evaluation
from docmarks.evaluate.pairs import pair
from docmarks.evaluate.panels import Crop, Panel, panels
from docmarks.evaluate.run import evaluate_detector
from docmarks.files.atomic import write_bytes
from docmarks.report.panels import CROP_SIZE, draw_crop
from docmarks.runtime.detector import Detector

CAPTION = 14
QUALITY = 60
Failure = tuple[Crop, str | None, str | None]
"""A place, the predicted label and the true one; None where there is none."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("-o", dest="out", type=Path, default=Path("failures.webp"))
    parser.add_argument("--part", default="validation", choices=("validation", "test", "all"))
    parser.add_argument("--each", type=int, default=3, help="crops of each kind in a row")
    parser.add_argument("--threshold", type=float, default=0.5)
    args = parser.parse_args()
    detector = Detector.load(None if args.model == "default" else Path(args.model))
    evaluation = evaluate_detector(detector, [read(folder) for folder in args.data], args.part)
    rows = failures(evaluation, args.threshold, args.each)
    buffer = io.BytesIO()
    sheet(evaluation, rows, args.each).save(buffer, "WEBP", quality=QUALITY)
    write_bytes(args.out, buffer.getvalue())
    print(f"{args.out}: {sum(map(len, rows.values()))} failures, {len(buffer.getvalue()) / 1000:.0f} kB")


def failures(evaluation: Evaluation, threshold: float, each: int) -> dict[str, list[Failure]]:
    """By label: missed ground truths, predictions on nothing, predictions on another label's ground truth."""
    pooled, names = evaluation.pooled, [*evaluation.labels, None]
    cells = list(panels(pair(pooled.predictions, pooled.pages, evaluation.labels), threshold))
    nothing = len(evaluation.labels)
    rows: dict[str, list[Failure]] = {}
    for number, label in enumerate(evaluation.labels):
        missed = [cell for cell in cells if cell.predicted == nothing and cell.true == number]
        alone = [cell for cell in cells if cell.predicted == number and cell.true == nothing]
        other = [cell for cell in cells if cell.predicted == number and cell.true not in (number, nothing)]
        row: list[Failure] = [(one.crops[i], None, label) for one in missed for i in spread(len(one.crops), each)]
        row += [(crop, label, None) for cell in alone for crop in cell.crops[:each]]
        row += [(crop, label, names[true]) for true, crop in surest(other)[:each]]
        if row:
            rows[label] = row
    return rows


def spread(count: int, most: int) -> list[int]:
    return sorted({int(i) for i in np.linspace(0, count - 1, min(count, most)).round()})


def surest(cells: Sequence[Panel]) -> list[tuple[int, Crop]]:
    """(true label's index, crop), the highest score first."""
    found = [(cell.true, crop) for cell in cells for crop in cell.crops]
    return sorted(found, key=lambda one: -(one[1].score or 0.0))


def sheet(evaluation: Evaluation, rows: dict[str, list[Failure]], each: int) -> Image.Image:
    """All rows under one another, each crop with a caption."""
    wide, high = CROP_SIZE[0] + 8, CROP_SIZE[1] + CAPTION + 8
    picture = Image.new("RGB", (wide * 3 * each, high * max(len(rows), 1)), "white")
    draw = ImageDraw.Draw(picture)
    cells = [(x * wide, y * high, *cell) for y, row in enumerate(rows.values()) for x, cell in enumerate(row)]
    for page, on_page in groupby(sorted(cells, key=lambda cell: cell[2].page), key=lambda cell: cell[2].page):
        pixels = read_page(evaluation.pooled.pages[page])
        for left, top, crop, predicted, true in on_page:
            mark = Image.open(io.BytesIO(draw_crop(pixels, crop, predicted, true)))
            picture.paste(mark, (left, top + CAPTION))
            draw.text((left, top), caption(crop, predicted, true), fill="black")
    return picture


def caption(crop: Crop, predicted: str | None, true: str | None) -> str:
    if predicted is None:
        return f"missed: {true}"
    return f"{predicted} {crop.score:.2f}, is {true or 'none'}"


if __name__ == "__main__":
    main()
