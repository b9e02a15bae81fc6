"""What drawing does to pages of vectors: made pages whose ink is lines in the PDF, so that every mark's place is known.

python benchmarks/drawing_vectors.py [--pages 96]

Found on each page as `docmarks detect` draws it, and as it is rendered at 150 dpi and resized; with the processor time
from the open PDF to what the network sees. Signatures, initials, dates and notes are written into the places for them,
an X is typed into two checkboxes of five.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import docmarks
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.evaluate.predictions import Predictions
from docmarks.evaluate.run import evaluate_predictions
from docmarks.labels.label_set import LabelSet
from docmarks.marks import POINTS_PER_INCH, Mark, Page
from docmarks.pages.page_image import PDF_DPI
from docmarks.pages.pdf import PdfDocument
from docmarks.runtime.detector import Detector
from docmarks.synth.handwriting.strokes import Ink
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.kinds import KINDS
from docmarks.synth.page import ERAS
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout, Rectangle
from docmarks.synth.printed.typeset import Sheet, to_pdf
from docmarks.synth.texts import people
from drawing import WAYS
from machine import facts, show

LEFT_EMPTY, FILLED = 0.35, 0.4
"""Shares of the places and of the checkboxes."""

LABELS = {"signature": "Signature", "initials": "Initials", "date": "Date"}
"""Of what is written into a place of a kind; into any other it is Other Text."""

HEIGHTS = {"signature": (16.0, 34.0), "initials": (10.0, 22.0)}
"""Least and most of the ink, in points; of any other 8 to 15."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", help="A model file or a run folder.")
    parser.add_argument("--ink", type=Path, help="A folder of ink; a hand of our own writes without.")
    parser.add_argument("--pages", type=int, default=96)
    parser.add_argument("--quick", action="store_true", help="Eight pages.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    detector = docmarks.load_detector(args.model)
    ink = InkLibrary.of(args.ink)
    made = [written(seed, ink) for seed in range(8 if args.quick else args.pages)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vectors.pdf"
        path.write_bytes(to_pdf([sheet for sheet, _ in made]))
        rows = [judged(name, path, detector, made) for name in WAYS]
    show(f"AP of {detector.name} on {len(made)} pages of vectors", rows, facts("docmarks", "pypdfium2"), args.json)


def written(seed: int, ink: InkLibrary) -> tuple[Sheet, list[Mark]]:
    """A page of the kinds in turn and its marks, in pixels at 150 dpi."""
    rng = np.random.default_rng((7, seed))
    layout: Layout = KINDS[list(KINDS)[seed % len(KINDS)]](rng, House.random(rng, ERAS))
    marks = []
    for x, y, w, h in layout.checkboxes:
        filled = rng.random() < FILLED
        if filled:
            layout.sheet.text(x + 0.16 * w, y + 0.88 * h, "X", "Helvetica", h)
        marks.append(marked((x, y, w, h), "Filled Checkbox" if filled else "Unfilled Checkbox"))
    for kind, (x, y, w, h) in layout.places:
        if rng.random() >= LEFT_EMPTY:
            item, label = somebodys(kind, ink, rng), LABELS.get(kind, "Other Text")
            height = min(float(np.clip(0.8 * h, *HEIGHTS.get(kind, (8.0, 15.0)))), w / max(item.width, 0.3))
            if height >= 6:
                marks.append(marked(draw(layout.sheet, item, x + 2, y + h - height - 1, height, rng), label))
    return layout.sheet, marks


def somebodys(kind: str, ink: InkLibrary, rng: np.random.Generator) -> Ink:
    """What is written into a place."""
    if kind == "signature":
        return ink.signature(rng)
    if kind == "initials":
        return ink.initials(rng)
    if kind == "date":
        return ink.number(f"{rng.integers(1, 13)}/{rng.integers(1, 29)}/{rng.integers(1980, 2020)}", rng)
    return ink.text(people.note(rng), rng)


def draw(sheet: Sheet, item: Ink, x: float, y: float, height: float, rng: np.random.Generator) -> Rectangle:
    """Draws ink as lines; its rectangle in points."""
    pen, slant = float(rng.uniform(0.7, 1.5)), 0.1
    lines = [
        [(x + (across + slant * (1 - down)) * height, y + down * height) for across, down, _ in stroke.tolist()]
        for stroke in item.strokes
        if len(stroke) > 1
    ]
    for line in lines:
        sheet.path(line, pen)
    every = np.concatenate([np.array(line) for line in lines])
    (left, top), (right, bottom) = every.min(axis=0) - pen / 2, every.max(axis=0) + pen / 2
    return float(left), float(top), float(right - left), float(bottom - top)


def marked(place: Rectangle, label: str) -> Mark:
    """A mark in pixels at 150 dpi."""
    x, y, w, h = (v * PDF_DPI / POINTS_PER_INCH for v in place)
    return Mark((x, y, x + w, y + h), (label,))


def judged(name: str, path: Path, detector: Detector, made: list[tuple[Sheet, list[Mark]]]) -> dict[str, Any]:
    """A row of the table."""
    dpi, way = WAYS[name]
    found, pages, seconds = {}, [], 0.0
    with PdfDocument(path, dpi=dpi) as document:
        for number, (_, marks) in enumerate(made, start=1):
            result = way(detector, document, number)
            page = Page(result.width, result.height, PDF_DPI, number, tuple(marks))
            pages.append(DatasetPage(path, page, str(number), frozenset()))
            found[path, number] = result.marks
            seconds += result.seconds
    dataset = Dataset(path.parent, "vectors", tuple(pages)).complete(LabelSet.load("default"))
    evaluation = evaluate_predictions(Predictions.of(found, detector, name), [dataset], "all")
    scores = evaluation.pooled.scores
    return {
        "page": name,
        "AP50": 100 * evaluation.pooled.mean.ap50,
        "AP": 100 * evaluation.pooled.mean.ap,
        "ms a page": 1000 * seconds / len(made),
        **{label: f"{100 * score.ap50:.1f} / {100 * score.ap:.1f}" for label, score in scores.items()},
    }


if __name__ == "__main__":
    main()
