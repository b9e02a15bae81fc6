"""Real paper to put marks on: a folder of blank pages, or a data set of forms with their fields."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.data.coco_file import FILE, read
from docmarks.data.dataset import DatasetPage
from docmarks.data.read_page import read_pixels
from docmarks.errors import DocmarksError
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Box, Mark, Page
from docmarks.pages.collect import collect
from docmarks.pages.document import open_document

CHECKBOXES = frozenset({"Filled Checkbox", "Unfilled Checkbox"})


@dataclass(frozen=True)
class Paperwork:
    """A sheet as pixels, so large as was asked for: ``[H, W]``, its marks, places, and dpi."""

    pixels: NDArray[np.uint8]
    marks: tuple[Mark, ...]
    places: tuple[tuple[str, Box], ...]
    scale: float


class Backgrounds:
    """Real pages to choose from; what is annotated on them stays, and fields in their records are places to write on.

    Attributes:
        sheets: The pages, with the labels that are complete on them once ordered marks are added.
        source: Says in a settings file which they are.
    """

    def __init__(self, sheets: Sequence[DatasetPage], source: str) -> None:
        """Composed by ``load``."""
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
            sheets = list(read(folder).pages)
        else:
            sheets = [sheet for path in collect([folder]).files for sheet in _blank_sheets(path)]
        if not sheets:
            raise DocmarksError(f"{folder}: no pages in this folder; --backgrounds takes images, PDFs or a data set")
        listed = "\n".join(map(_told, sheets))
        return cls(sheets, f"{len(sheets)} pages, {zlib.crc32(listed.encode()):08x}")

    def open(self, sheet: DatasetPage, long_side: int) -> Paperwork:
        """A sheet resized to so many pixels on its long side.

        Raises:
            DocmarksError: The file cannot be read, or is not of the size that its annotation says.
        """
        image = Image.fromarray(read_pixels(sheet)).convert("L")
        scale = long_side / max(image.size)
        image = image.resize(
            (max(1, round(image.width * scale)), max(1, round(image.height * scale))), Image.Resampling.LANCZOS
        )
        places = tuple(
            (kind, (x * scale, y * scale, (x + w) * scale, (y + h) * scale))
            for kind, (x, y, w, h) in _fields(sheet.extra.get("fields", ()))
        )
        marks = tuple(mark.scaled(scale, scale) for mark in sheet.page.marks)
        return Paperwork(np.asarray(image).copy(), marks, places, scale)


def _blank_sheets(path: Path) -> Iterator[DatasetPage]:
    """The pages of a document that is taken to be blank."""
    with open_document(path) as document:
        for number in range(1, len(document) + 1):
            page = Page(*document.measure(number), number)
            yield DatasetPage(path, page, str(path), frozenset(LABELS) - CHECKBOXES)


def _fields(fields: Sequence[dict[str, object]]) -> tuple[tuple[str, Box], ...]:
    found = []
    for at in fields:
        x, y, w, h = (float(v) for v in at["bbox"])  # type: ignore[attr-defined]
        found.append((str(at.get("kind", "text")), (x, y, w, h)))
    return tuple(found)


def _told(sheet: DatasetPage) -> str:
    """A sheet with everything of it that a made page depends on."""
    marks = [(mark.box, mark.labels, mark.ignore) for mark in sheet.page.marks]
    known, fields = sorted(sheet.exhaustive), sheet.extra.get("fields", ())
    return repr((sheet.file.name, sheet.number, _size(sheet.file), known, marks, fields))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError as error:
        raise DocmarksError(f"{file}: cannot be read ({error.strerror}); check the data set") from error
