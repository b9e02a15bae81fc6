"""Makes the documents in this folder, and truth.json, which says what is on them.

Run `python examples/make_examples.py` to make them again: the same files come out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from docmarks.data.coco_file import write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark, Page
from docmarks.synth.ink import Ink, InkLibrary
from docmarks.synth.layout import Layout, form, lease
from docmarks.synth.page import SyntheticPages
from docmarks.synth.scanner import skew
from docmarks.synth.typeset import to_pdf

HERE = Path(__file__).parent
PDF_DPI = 150
PEN = 1.1  # points

ORIENTATION, TURNED_RIGHT = 0x0112, 6


def main() -> None:
    """Writes the three documents and their truth."""
    ink = InkLibrary.builtin()
    pages = [
        *lease_pdf(HERE / "lease.pdf", ink),
        *scan_tiff(HERE / "scan.tiff", ink),
        *phone_jpeg(HERE / "phone.jpg", ink),
    ]
    write(Dataset(HERE, "examples", tuple(pages), {"description": "made by make_examples.py"}), HERE / "truth.json")


def lease_pdf(path: Path, ink: InkLibrary) -> list[DatasetPage]:
    """Two clean pages whose print and ink are both vectors."""
    rng = np.random.default_rng(17)
    made = [lease(np.random.default_rng(11)), form(np.random.default_rng(4))]
    found = [write_on(layout, ink, rng) for layout in made]
    path.write_bytes(to_pdf([layout.sheet for layout in made]))
    scale = PDF_DPI / 72
    size = round(612 * scale), round(792 * scale)
    pages = []
    for number, marks in enumerate(found, start=1):
        page = Page(*size, float(PDF_DPI), number, tuple(mark.scaled(scale, scale) for mark in marks))
        pages.append(truth(path, page))
    return pages


def scan_tiff(path: Path, ink: InkLibrary) -> list[DatasetPage]:
    """Two pages as an office scanner saves them: crooked, one bit a pixel."""
    frames, pages = [], []
    for number, (kind, seed, degrees) in enumerate((("letter", 69, 0.6), ("invoice", 114, -0.4)), start=1):
        image, page = SyntheticPages(ink, (kind,), empty=0.0, worn=False)(seed)
        image, marks = skew(image, page.marks, degrees)
        big = Image.fromarray(image).resize((image.shape[1] * 2, image.shape[0] * 2), Image.Resampling.BICUBIC)
        frames.append(big.point(lambda v: 255 if v > 150 else 0).convert("1"))
        doubled = tuple(mark.scaled(2, 2) for mark in marks)
        pages.append(truth(path, Page(*big.size, 200.0, number, doubled)))
    frames[0].save(path, save_all=True, append_images=frames[1:], compression="group4", dpi=(200, 200))
    return pages


def phone_jpeg(path: Path, ink: InkLibrary) -> list[DatasetPage]:
    """A photograph: uneven light, grain, a table under the sheet, and a camera held sideways (EXIF)."""
    rng = np.random.default_rng(5)
    image, page = SyntheticPages(ink, ("lease",), empty=0.0, worn=False)(116)
    image, marks = skew(image, page.marks, -1.1)
    margin = 40
    height, width = image.shape[0] + 2 * margin, image.shape[1] + 2 * margin
    canvas = np.full((height, width), 88, np.uint8)
    canvas[margin:-margin, margin:-margin] = image
    light = np.linspace(1.0, 0.72, width)[None, :] * np.linspace(0.88, 1.0, height)[:, None]
    grain = rng.normal(0, 5, (height, width))
    grey = np.clip(canvas * light + grain, 0, 255)
    tint = np.array([1.0, 0.97, 0.9])
    photograph = Image.fromarray((grey[:, :, None] * tint).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.6))
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    photograph.transpose(Image.Transpose.ROTATE_90).save(path, quality=72, exif=exif)
    moved = [replace(m, box=tuple(v + margin for v in m.box)) for m in marks]
    return [truth(path, Page(width, height, 200.0, 1, tuple(moved)))]


def write_on(layout: Layout, ink: InkLibrary, rng: np.random.Generator) -> list[Mark]:
    """Writes on every place of a layout and ticks half of its boxes; the marks, in points."""
    marks = []
    for kind, (x, y, width, height) in layout.places:
        if kind == "signature":
            item, label, high = ink.signature(rng), "Signature", height * 1.1
        elif kind == "date":
            item, label, high = ink.number(f"{rng.integers(1, 13)}/{rng.integers(1, 29)}/19", rng), "Date", height * 0.7
        elif kind == "initials":
            item, label, high = ink.initials(rng), "Initials", height
        else:
            item, label, high = ink.line(width / height * 0.5, rng), "Name", height * 0.75
        high = min(high, 0.9 * width / item.width)
        marks.append(Mark(draw(layout, item, x + 4, y + height - high * 0.9, high), (label,)))
    for x, y, width, height in layout.checkboxes:
        box = (x, y, x + width, y + height)
        if rng.random() < 0.5:
            cross = Ink(tuple(np.array([[a, 0, 1], [1 - a, 1, 1]], np.float32) for a in (0.0, 1.0)))
            draw(layout, cross, x - 0.5, y - 0.5, height + 1)
            marks.append(Mark(box, ("Filled Checkbox",)))
        else:
            marks.append(Mark(box, ("Unfilled Checkbox",)))
    return marks


def draw(layout: Layout, item: Ink, x: float, y: float, high: float) -> tuple[float, float, float, float]:
    """Ink as paths of the PDF, ``high`` points high at (x, y); its box."""
    strokes = [stroke[:, :2] * high + np.array([x, y]) for stroke in item.strokes]
    for stroke in strokes:
        layout.sheet.path([(float(a), float(b)) for a, b in stroke], PEN, 0.1)
    return around(strokes)


def around(strokes: Sequence[np.ndarray]) -> tuple[float, float, float, float]:
    """The box of strokes drawn with the pen."""
    every = np.concatenate(list(strokes))
    (x0, y0), (x1, y1) = every.min(axis=0) - PEN / 2, every.max(axis=0) + PEN / 2
    return float(x0), float(y0), float(x1), float(y1)


def truth(path: Path, page: Page) -> DatasetPage:
    """One page of the truth file."""
    return DatasetPage(path, page, path.name, frozenset(LABELS), {"page": page.number})


if __name__ == "__main__":
    main()
