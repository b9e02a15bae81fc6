"""Real paper to put marks on: a folder of blank pages, or a data set of forms with their fields."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.data.coco_file import FILE, read
from docmarks.errors import DocmarksError
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark
from docmarks.pages.collect import collect
from docmarks.pages.document import open_document
from docmarks.synth.paper import Rectangle

CHECKBOXES = frozenset({"Filled Checkbox", "Unfilled Checkbox"})


@dataclass(frozen=True)
class Sheet:
    """A real page.

    Attributes:
        file: Its image or PDF.
        number: Of the page in it, 1-based.
        marks: What is annotated on it; it stays.
        fields: Kind and (x, y, w, h) of places to write on.
        exhaustive: Labels that are complete on it, once ordered marks are added.
    """

    file: Path
    number: int
    marks: tuple[Mark, ...] = ()
    fields: Sequence[tuple[str, Rectangle]] = field(default_factory=tuple)
    exhaustive: frozenset[str] = frozenset(LABELS)


@dataclass(frozen=True)
class Paperwork:
    """A sheet as pixels, so large as was asked for: ``[H, W]``, its marks, places, and dpi."""

    pixels: NDArray[np.uint8]
    marks: tuple[Mark, ...]
    places: tuple[tuple[str, Rectangle], ...]
    scale: float


class Backgrounds:
    """Sheets to choose from."""

    def __init__(self, sheets: Sequence[Sheet], source: str) -> None:
        """``source`` says in a settings file which they are."""
        self.sheets, self.source = tuple(sheets), source

    @classmethod
    def load(cls, folder: Path) -> Backgrounds:
        """Pages of a data set with their marks and fields, or the images and PDFs of a folder, taken to be blank.

        On a folder's pages checkboxes may be printed that nobody has boxed, so these are not exhaustive there.

        Raises:
            DocmarksError: There is no page, or a file is broken.
        """
        if not folder.is_dir():
            raise DocmarksError(f"{folder}: no such folder of backgrounds; name one with pages or {FILE}")
        if (folder / FILE).exists():
            sheets = [
                Sheet(at.file, at.page.number, at.page.marks, _fields(at.extra.get("fields", ())), at.exhaustive)
                for at in read(folder).pages
            ]
        else:
            sheets = []
            for path in collect([folder]).files:
                with open_document(path) as document:
                    sheets.extend(
                        Sheet(path, number + 1, exhaustive=frozenset(LABELS) - CHECKBOXES)
                        for number in range(len(document))
                    )
        if not sheets:
            raise DocmarksError(f"{folder}: no pages in this folder; --backgrounds takes images, PDFs or a data set")
        listed = "\n".join(f"{sheet.file.name}:{sheet.number}:{_size(sheet.file)}" for sheet in sheets)
        return cls(sheets, f"{len(sheets)} pages, {zlib.crc32(listed.encode()):08x}")

    def open(self, sheet: Sheet, long_side: int) -> Paperwork:
        """A sheet resized to so many pixels on its long side.

        Raises:
            DocmarksError: The file cannot be read.
        """
        with open_document(sheet.file) as document:
            image = Image.fromarray(document.page(sheet.number).pixels).convert("L")
        scale = long_side / max(image.size)
        image = image.resize(
            (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.LANCZOS
        )
        places = tuple(
            (kind, (x * scale, y * scale, (x + w) * scale, (y + h) * scale)) for kind, (x, y, w, h) in sheet.fields
        )
        return Paperwork(
            np.asarray(image).copy(), tuple(mark.scaled(scale, scale) for mark in sheet.marks), places, scale
        )


def _fields(fields: Sequence[dict[str, object]]) -> tuple[tuple[str, Rectangle], ...]:
    found = []
    for at in fields:
        x, y, w, h = (float(v) for v in at["bbox"])  # type: ignore[attr-defined]
        found.append((str(at.get("kind", "text")), (x, y, w, h)))
    return tuple(found)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError as error:
        raise DocmarksError(f"{file}: cannot be read ({error.strerror}); check the data set") from error
