"""How a page of a PDF should come to the network: drawn in twice its working size, or rendered at 150 dpi and resized.

python benchmarks/drawing.py MODEL DATA...

Every validation page is put into a PDF by itself, without loss, as wide as a sheet of A4. What is found on it in either
way is judged by the page's annotations, beside what is found on the page's own pixels; with the processor time from the
open PDF, or the decoded page, to what the network sees.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, StreamObject

import docmarks
from docmarks.data.coco_file import read
from docmarks.data.read_page import read_page
from docmarks.evaluate.predictions import Predictions
from docmarks.evaluate.run import choose, evaluate_predictions
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Detections
from docmarks.pages.page_image import PDF_DPI
from docmarks.pages.pdf import PdfDocument
from docmarks.runtime.detector import Detector
from machine import facts, show

Pixels = NDArray[np.uint8]
WIDTH = 595
"""Of a sheet of A4, in points."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help='A model file, a run folder, or "default".')
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--part", default="validation")
    parser.add_argument("--quick", action="store_true", help="Two pages a set.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    detector = docmarks.load_detector(None if args.model == "default" else args.model)
    datasets, label_set = [read(folder) for folder in args.data], LabelSet.load(detector.label_set)
    pages = [
        page
        for dataset in choose(datasets, label_set, args.part)
        for page in dataset.pages[: 2 if args.quick else None]
    ]
    names = (OWN, *WAYS)
    found: dict[str, dict[tuple[Path, int], Detections]] = {name: {} for name in names}
    seconds = dict.fromkeys(names, 0.0)
    for page in pages:
        pixels = without_colour(read_page(page))
        for name in names:
            result = own_pixels(detector, pixels) if name == OWN else in_pdf(detector, pixels, name)
            found[name][page.file, page.number] = in_pixels_of(result, pixels)
            seconds[name] += result.seconds
    rows: list[dict[str, Any]] = []
    for name in names:
        evaluation = evaluate_predictions(Predictions.of(found[name], detector), datasets, args.part)
        rows.append(
            {
                "page": name,
                "AP50": 100 * evaluation.pooled.mean.ap50,
                "AP": 100 * evaluation.pooled.mean.ap,
                "ms a page": 1000 * seconds[name] / len(pages),
                **{label: f"{100 * score.ap:.1f}" for label, score in evaluation.pooled.scores.items()},
            }
        )
    show(f"AP of {detector.name}, mean over labels and by label", rows, facts("docmarks", "pypdfium2"), args.json)


@dataclass(frozen=True)
class Found:
    """What is found on a page so wide and high, and the processor time until the network could see it."""

    marks: Detections
    width: int
    height: int
    seconds: float


def without_colour(pixels: Pixels) -> Pixels:
    """A grey page as ``[H, W]``, as whoever makes PDFs of scans would have it; others as they are."""
    grey = pixels.ndim == 3 and (pixels == pixels[:, :, :1]).all()
    return np.ascontiguousarray(pixels[:, :, 0]) if grey else pixels


def own_pixels(detector: Detector, pixels: Pixels) -> Found:
    began = time.process_time()
    detector.prepare(pixels)
    seconds = time.process_time() - began
    return Found(detector(pixels), pixels.shape[1], pixels.shape[0], seconds)


def in_pdf(detector: Detector, pixels: Pixels, name: str) -> Found:
    dpi, way = WAYS[name]
    with one_page(pixels, dpi) as document:
        return way(detector, document, 1)


def rendered(detector: Detector, document: PdfDocument, number: int) -> Found:
    began = time.process_time()
    image = document.page(number).pixels
    detector.prepare(image)
    seconds = time.process_time() - began
    return Found(detector(image), image.shape[1], image.shape[0], seconds)


def drawn(detector: Detector, document: PdfDocument, number: int) -> Found:
    began = time.process_time()
    page = document.draw(number, detector.looks, detector.channels == "grey")
    seconds = time.process_time() - began
    assert page is not None
    return Found(detector.on_looks(page.looks, page.width, page.height), page.width, page.height, seconds)


OWN = "own pixels"
WAYS: dict[str, tuple[float | None, Callable[[Detector, PdfDocument, int], Found]]] = {
    "150 dpi, resized": (PDF_DPI, rendered),
    "drawn": (None, drawn),
}
"""How a page comes out of a PDF, and the resolution at which that is opened."""


def in_pixels_of(found: Found, pixels: Pixels) -> Detections:
    factor = np.array([pixels.shape[1] / found.width, pixels.shape[0] / found.height] * 2, np.float32)
    return Detections(found.marks.boxes * factor, found.marks.scores, found.marks.labels)


@contextmanager
def one_page(pixels: Pixels, dpi: float | None) -> Iterator[PdfDocument]:
    """An open PDF of that image alone."""
    pdf = pypdfium2.PdfDocument.new()
    height = WIDTH * pixels.shape[0] / pixels.shape[1]
    page, image = pdf.new_page(WIDTH, height), pypdfium2.PdfImage.new(pdf)
    image.set_bitmap(pypdfium2.PdfBitmap.from_pil(Image.fromarray(pixels)))
    image.set_matrix(pypdfium2.PdfMatrix().scale(WIDTH, height))
    page.insert_obj(image)
    page.gen_content()
    whole = io.BytesIO()
    pdf.save(whole)
    writer = PdfWriter(clone_from=PdfReader(whole))
    if pixels.ndim == 2:  # pdfium wrote a palette of 256 greys, which no scanner does and which is slow to draw
        for part in writer._objects:
            if isinstance(part, StreamObject) and part.get("/Subtype") == "/Image":
                part[NameObject("/ColorSpace")] = NameObject("/DeviceGray")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.pdf"
        writer.write(path)
        with PdfDocument(path, dpi=dpi) as document:
            yield document


if __name__ == "__main__":
    main()
