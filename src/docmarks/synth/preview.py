"""A contact sheet of pages with their boxes; made pages beside real ones."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.data.coco_file import read
from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Mark
from docmarks.pages.annotate_image import annotate_image
from docmarks.pages.document import open_document
from docmarks.synth.made import MadePages

TILE, COLUMNS = (480, 620), 4
SMALL, SMALL_COLUMNS = (240, 310), 5
"""Width and height of a page on the sheet, with its margin, and pages in a row: with boxes, and beside others."""

Shown = tuple[NDArray[np.uint8], Sequence[Mark]]
"""A page and its marks."""


def contact_sheet(pages: MadePages) -> Image.Image:
    """All pages side by side, their marks outlined in the colours of the default labels."""
    shown = ((page.pixels, page.page.marks) for page in (pages[i] for i in range(len(pages))))
    return _tiled(shown, len(pages), COLUMNS, TILE, boxes=True)


def beside(pages: MadePages, folder: Path, count: int, seed: int) -> Image.Image:
    """``count`` random made pages on the left, as many random pages of a data set on the right, without boxes.

    Raises:
        DocmarksError: The folder is no data set, holds fewer pages, or a page cannot be read.
    """
    real = read(folder).pages
    if min(len(pages), len(real)) < count:
        fewer = f"{len(real)} pages" if len(real) < len(pages) else f"{len(pages)} made pages"
        raise DocmarksError(f"{folder}: {fewer} for {count} on each side; ask for fewer with --pages")
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(pages), count, replace=False), rng.choice(len(real), count, replace=False)
    made = _tiled(((pages[int(i)].pixels, ()) for i in chosen[0]), count, SMALL_COLUMNS, SMALL, boxes=False)
    theirs = _tiled(((_opened(real[int(i)].file), ()) for i in chosen[1]), count, SMALL_COLUMNS, SMALL, boxes=False)
    gap = 24
    both = Image.new("RGB", (made.width + gap + theirs.width, made.height), (255, 255, 255))
    both.paste(made, (0, 0))
    both.paste(theirs, (made.width + gap, 0))
    return both


def encoded(sheet: Image.Image, suffix: str) -> bytes:
    """A sheet as JPEG or PNG, by the ending of the file that it goes to."""
    buffer = io.BytesIO()
    if suffix.lower() in (".jpg", ".jpeg"):
        sheet.save(buffer, "JPEG", quality=75, optimize=True)
    else:
        # A hundred colours are enough for grey pages with boxes, and take a third of the room.
        sheet.quantize(100, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _opened(file: Path) -> NDArray[np.uint8]:
    with open_document(file) as document:
        return document.page(1).pixels


def _tiled(shown: Iterator[Shown], count: int, columns: int, tile: tuple[int, int], boxes: bool) -> Image.Image:
    label_set = LabelSet.load("default")
    columns = min(columns, count)
    sheet = Image.new("RGB", (columns * tile[0], math.ceil(count / columns) * tile[1]), (128, 128, 128))
    for i, (pixels, marks) in enumerate(shown):
        named = [_named(mark, label_set) for mark in marks]
        picture = annotate_image(pixels, named) if boxes else Image.fromarray(pixels).convert("RGB")
        picture.thumbnail((tile[0] - 8, tile[1] - 8), Image.Resampling.LANCZOS)
        sheet.paste(picture, ((i % columns) * tile[0] + 4, (i // columns) * tile[1] + 4))
    return sheet


def _named(mark: Mark, label_set: LabelSet) -> Mark:
    return replace(mark, labels=label_set.apply(mark.labels).labels)
