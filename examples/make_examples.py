"""Makes the documents in this folder, and truth.json, which says what is on them.

Run `python examples/make_examples.py` to make them again: the same files come out.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from docmarks.data.coco_file import write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Box, Mark, Page
from docmarks.synth.handwriting.hand import Hand
from docmarks.synth.handwriting.pen import Mask, Pen, lay
from docmarks.synth.handwriting.strokes import Ink
from docmarks.synth.ink.stamps import Stamps
from docmarks.synth.marks.overprint import redact, strike
from docmarks.synth.printed.layout import Layout, Rectangle
from docmarks.synth.printed.typeset import render, to_pdf
from docmarks.synth.scan.skew import skew

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
import paperwork  # noqa: E402

PDF_DPI, SCAN_DPI, PHONE_DPI = 150, 200, 150
PEN = 1.15  # points
EXHAUSTIVE = frozenset(LABELS) - {"Printed", "Empty", "Empty Signature Zone"}
LABEL = {
    "signature": "Signature", "initials": "Initials", "date": "Date", "name": "Name", "title": "Title",
    "address": "Address", "text": "Other Text",
}  # fmt: skip
ORIENTATION, TURNED_RIGHT = 0x0112, 6
STAMPS = Stamps()

HAROLD = Hand(slant=0.45, squeeze=1.05, wobble=0.035, haste=0.25)
MARIA = Hand(slant=0.1, squeeze=1.2, wobble=0.045, haste=0.15)
RUTH = Hand(slant=0.15, squeeze=0.95, wobble=0.04, printed=True)

Grey = NDArray[np.uint8]
Writing = Sequence[tuple[Hand, str] | None]
"""Who writes what on each place of a layout, in order."""


def main() -> None:
    """Writes the three documents and their truth."""
    pages = [*lease_pdf(HERE / "lease.pdf"), *scan_tiff(HERE / "scan.tiff"), *phone_jpeg(HERE / "phone.jpg")]
    write(Dataset(HERE, "examples", tuple(pages), {"description": "made by make_examples.py"}), HERE / "truth.json")


def lease_pdf(path: Path) -> list[DatasetPage]:
    """Two clean pages whose print and ink are both vectors."""
    rng = np.random.default_rng(17)
    first, second = paperwork.lease_first(), paperwork.lease_second()
    signed = [(HAROLD, "Harold Whitfield"), (RUTH, "Harold Whitfield"), (RUTH, "Managing Member"), (HAROLD, "4/17/19")]
    signed += [(MARIA, "Maria Castellano"), (MARIA, "Maria Castellano"), (MARIA, "President"), (MARIA, "4/18/19")]
    signed += [(RUTH, "R. Keller"), (RUTH, "12 Oak St., Salem"), (HAROLD, "HW"), (MARIA, "MC")]
    found = [
        write_on(first, [(MARIA, "April 17, 2019"), (HAROLD, "HW"), (MARIA, "MC")], (0, 2), rng),
        write_on(second, signed, (), rng),
    ]
    path.write_bytes(to_pdf([first.sheet, second.sheet]))
    scale = PDF_DPI / 72
    size = round(612 * scale), round(792 * scale)
    return [truth(path, Page(*size, PDF_DPI, n, scaled(marks, scale))) for n, marks in enumerate(found, start=1)]


def scan_tiff(path: Path) -> list[DatasetPage]:
    """A letter that was received and noted on, an invoice that was paid: one bit a pixel, a little crooked."""
    rng = np.random.default_rng(29)
    letter, invoice = paperwork.letter(), paperwork.invoice()
    first, marks = printed(letter, write_on(letter, [(HAROLD, "Samuel P. Whitfield")], (), rng), SCAN_DPI)
    marks.append(
        pasted(first, (STAMPS.text(("RECEIVED", "SEP 16 1988", "MERIDIAN LEAF CO."), rng, 34), ("Stamp",)), 1090, 330)
    )
    marks.append(pasted(first, (ink(HAROLD.write("please handle", rng), 66), ("Other Text",)), 1130, 1560))
    marks.append(pasted(first, (ink(HAROLD.initials("IH", rng), 62), ("Initials",)), 1210, 1650))
    marks.append(pasted(first, (ink(HAROLD.write("9/19", rng), 52), ("Date",)), 1330, 1655))
    marks.append(Mark(strike(first, (300, 1527, 442, 1546), np.random.default_rng(6)), ("Strikethrough",)))
    second, more = printed(invoice, write_on(invoice, [(MARIA, "DL"), (MARIA, "9/2/88")], (), rng), SCAN_DPI)
    more.append(pasted(second, (STAMPS.text(("PAID", "SEP 06 1988"), rng, 44), ("Stamp",)), 240, 1400))
    more.append(Mark(redact(second, (1268, 412, 1420, 436), np.random.default_rng(11)), ("Redaction",)))
    frames, pages = [], []
    for number, (image, on_it, degrees) in enumerate(((first, marks, 0.5), (second, more, -0.35)), start=1):
        image, on_it = skew(image, on_it, degrees)
        dark = (image < 150) | (rng.random(image.shape) < 0.0004)  # specks of the glass
        frames.append(Image.fromarray(np.where(dark, 0, 255).astype(np.uint8)).convert("1"))
        pages.append(truth(path, Page(image.shape[1], image.shape[0], SCAN_DPI, number, tuple(on_it))))
    dpi = (SCAN_DPI, SCAN_DPI)
    frames[0].save(path, save_all=True, append_images=frames[1:], compression="group4", dpi=dpi)
    return pages


def phone_jpeg(path: Path) -> list[DatasetPage]:
    """A photograph of a form on a table: seen from a corner, uneven light, a camera held sideways (EXIF)."""
    rng = np.random.default_rng(5)
    layout = paperwork.permit()
    writing = [
        (RUTH, "Ruth Lambert"),
        (RUTH, "6-12-2023"),
        (RUTH, "27 Cedar St."),
        (RUTH, "555 019 4471"),
        (RUTH, "3 B"),
    ]
    writing += [(RUTH, "Kestrel wagon"), (RUTH, "SLM 4471"), (MARIA, "Ruth Lambert"), (RUTH, "6-12-2023")]
    writing += [(HAROLD, "20417"), (HAROLD, "EQ")]
    image, marks = printed(layout, write_on(layout, writing, (0, 3, 5), rng), PHONE_DPI)
    marks.append(pasted(image, (STAMPS.text(("14 JUN 2023",), rng, 30, False), ("Date", "Stamp")), 830, 1290))
    height, width = image.shape
    size = width + 150, height + 130
    corners = np.array([(62.0, 70), (size[0] - 95, 40), (size[0] - 38, size[1] - 58), (30, size[1] - 34)])
    matrix = homography(np.array([(0.0, 0), (width, 0), (width, height), (0, height)]), corners)
    seen = photographed(image, matrix, size, rng)
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED_RIGHT
    seen.transpose(Image.Transpose.ROTATE_90).save(path, quality=70, exif=exif)
    moved = tuple(replace(mark, box=projected(mark.box, matrix)) for mark in marks)
    return [truth(path, Page(*size, PHONE_DPI, 1, moved))]


def write_on(layout: Layout, writing: Writing, ticked: Sequence[int], rng: np.random.Generator) -> list[Mark]:
    """Writes on the places of a layout and ticks some of its boxes, as paths of its sheet; the marks, in points."""
    marks = []
    for (kind, place), item in zip(layout.places, writing, strict=True):
        if item is not None:
            hand, text = item
            drawn = {"signature": hand.sign, "initials": hand.initials}.get(kind, hand.write)(text, rng)
            marks.append(Mark(write_in(layout, kind, place, drawn, rng), (LABEL[kind],)))
    for number, (x, y, width, height) in enumerate(layout.checkboxes):
        if number in ticked:
            strokes = [[(-0.15, 1.1), (1.2, -0.2)], [(0.0, -0.1), (1.05, 1.05)]]
            strokes = strokes if number % 2 == 0 else [[(0.1, 0.5), (0.4, 0.9), (1.3, -0.5)]]
            draw(layout, Ink(tuple(np.array([(*p, 1.0) for p in s], np.float32) for s in strokes)), x, y, height)
        label = "Filled Checkbox" if number in ticked else "Unfilled Checkbox"
        marks.append(Mark((x, y, x + width, y + height), (label,)))
    return marks


def write_in(layout: Layout, kind: str, place: Rectangle, item: Ink, rng: np.random.Generator) -> Box:
    """Ink into a place, signatures larger than it and over its line; its box."""
    x, y, width, height = place
    high = height * {"signature": 1.15, "initials": 1.0}.get(kind, 0.85)
    high = min(high, 0.92 * width / item.width)
    left = x + float(rng.uniform(0.02, 0.3)) * max(0.0, width - item.width * high)
    top = y + height - high * (0.82 if kind == "signature" else 0.95)
    return draw(layout, item, left, top, high)


def draw(layout: Layout, item: Ink, x: float, y: float, high: float) -> Box:
    """Ink ``high`` points high with its upper left corner at (x, y); its box."""
    strokes = [stroke[:, :2] * high + np.array([x, y]) for stroke in item.strokes]
    for stroke in strokes:
        layout.sheet.path([(float(a), float(b)) for a, b in stroke], PEN, 0.1)
    every = np.concatenate(strokes)
    (x0, y0), (x1, y1) = every.min(axis=0) - PEN / 2, every.max(axis=0) + PEN / 2
    return float(x0), float(y0), float(x1), float(y1)


def printed(layout: Layout, marks: Sequence[Mark], dpi: int) -> tuple[Grey, list[Mark]]:
    """The sheet as pixels, and its marks."""
    image, scale = render(layout.sheet, round(max(layout.sheet.size) * dpi / 72))
    return image, list(scaled(marks, scale))


def scaled(marks: Sequence[Mark], scale: float) -> tuple[Mark, ...]:
    """Points to pixels."""
    return tuple(mark.scaled(scale, scale) for mark in marks)


def ink(item: Ink, high: float) -> Mask:
    """Ink as coverage, with a ballpoint at the scan's resolution."""
    return Pen(3.4, 1.0, 0.3).write(item, high)


def pasted(image: Grey, made: tuple[Mask, tuple[str, ...]], left: int, top: int) -> Mark:
    """Lays coverage over a page; its mark."""
    mask, labels = made
    x0, y0, x1, y1 = lay(image, mask, left, top, 20) or (left, top, left, top)
    return Mark((float(x0), float(y0), float(x1), float(y1)), labels)


def homography(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ``[3, 3]`` projection that takes four points to four others."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [(x, y, 1, 0, 0, 0, -u * x, -u * y, u), (0, 0, 0, x, y, 1, -v * x, -v * y, v)]
    system = np.array(rows)
    solved = np.linalg.solve(system[:, :8], system[:, 8])
    return np.append(solved, 1.0).reshape(3, 3)


def projected(box: Box, matrix: NDArray[np.float64]) -> Box:
    """The upright box of the ellipse that filled a box, after a projection."""
    turn = np.linspace(0, 2 * np.pi, 60)
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    a, b = (box[2] - box[0]) / 2, (box[3] - box[1]) / 2
    points = matrix @ np.stack((x + a * np.cos(turn), y + b * np.sin(turn), np.ones(60)))
    u, v = points[:2] / points[2]
    return float(u.min()), float(v.min()), float(u.max()), float(v.max())


def photographed(
    image: Grey, matrix: NDArray[np.float64], size: tuple[int, int], rng: np.random.Generator
) -> Image.Image:
    """The sheet on a table, in colour."""
    back = np.linalg.inv(matrix)
    data = tuple(float(v) for v in (back / back[2, 2]).ravel()[:8])
    kind, smooth = Image.Transform.PERSPECTIVE, Image.Resampling.BICUBIC
    sheet = np.asarray(Image.fromarray(image).transform(size, kind, data, smooth), np.float32)
    there = np.asarray(Image.new("L", image.shape[::-1], 255).transform(size, kind, data, smooth), np.float32) / 255
    x, y = np.linspace(0, 1, size[0], dtype=np.float32)[None], np.linspace(0, 1, size[1], dtype=np.float32)[:, None]
    grain = 8 * np.sin(y * 90 + 3 * np.sin(x * 9)) + rng.normal(0, 2, sheet.shape)
    table = np.stack((112 + grain, 84 + grain * 0.8, 58 + grain * 0.6), axis=2)
    paper = sheet[..., None] * np.array([0.97, 0.96, 0.92], np.float32)
    colour = there[..., None] * paper + (1 - there[..., None]) * table
    # Light from the upper left, and the shadow of whoever holds the camera.
    shadow = 1 - 0.28 / (1 + np.exp(-14 * (y + 0.5 * x - 1.12)))
    light = (1.04 - 0.2 * x - 0.06 * y) * shadow
    noisy = colour * light[..., None] + rng.normal(0, 3, sheet.shape)[..., None]
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))


def truth(path: Path, page: Page) -> DatasetPage:
    """One page of the truth file."""
    return DatasetPage(path, replace(page, dpi=float(page.dpi)), path.name, EXHAUSTIVE, {"page": page.number})


if __name__ == "__main__":
    main()
