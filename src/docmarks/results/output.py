"""The output folder of one run of `docmarks detect`."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.marks import Document, Page
from docmarks.pages.annotate_image import annotate_image
from docmarks.results.atomic import make_folder, write_bytes, write_json, write_text
from docmarks.results.coco_file import to_coco
from docmarks.results.csv_file import to_csv
from docmarks.results.schema import DocumentRecord


@dataclass
class Output:
    """Writes what was asked for, document by document.

    Attributes:
        folder: Where to.
        annotated: Also the document with its marks drawn or noted on it.
        csv: Also one ``marks.csv`` of all documents.
        coco: Also one ``marks.coco.json`` of all documents.
        crops: Also every mark as a PNG, in a folder a label.
    """

    folder: Path
    annotated: bool = False
    csv: bool = False
    coco: bool = False
    crops: bool = False
    _names: dict[str, int] = field(default_factory=dict)
    _done: list[DocumentRecord] = field(default_factory=list)
    _drawn: list[Image.Image] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Makes the folder, so that a wrong one is told before the work and not after it."""
        make_folder(self.folder)

    def name_for(self, path: Path) -> str:
        """A stem for this document's files that no other of this run has: scan, scan-2, ..."""
        count = self._names.get(path.stem, 0) + 1
        self._names[path.stem] = count
        if count == 1:
            return path.stem
        name = f"{path.stem}-{count}"
        return self.name_for(path) if name in self._names else self._taken(name)

    def page(self, name: str, page: Page, pixels: NDArray[np.uint8], is_pdf: bool) -> None:
        """Takes one page while its pixels are in memory."""
        if self.crops:
            self._write_crops(name, page, pixels)
        if self.annotated and not is_pdf:
            self._drawn.append(annotate_image(pixels, page.marks))

    def document(
        self, name: str, document: Document, found: DocumentRecord, is_pdf: bool, password: str | None
    ) -> None:
        """Writes one finished document."""
        write_text(self.folder / f"{name}.json", found.model_dump_json(indent=1) + "\n")
        if self.annotated and is_pdf:
            from docmarks.pages.annotate_pdf import annotate_pdf

            pdf = annotate_pdf(document.path, document.pages, password)
            write_bytes(self.folder / f"{name}.annotated.pdf", pdf)
        for page, picture in zip(document.pages, self._drawn, strict=False):
            suffix = "" if len(self._drawn) == 1 else f"-p{page.number}"
            write_bytes(self.folder / f"{name}{suffix}.annotated.png", png_bytes(picture))
        self._drawn.clear()
        self._done.append(found)

    def abandon(self) -> None:
        """Forgets the pages of a document that failed."""
        self._drawn.clear()

    def finish(self, labels: tuple[str, ...]) -> None:
        """Writes the files that gather all documents."""
        if self.csv:
            write_text(self.folder / "marks.csv", to_csv(self._done))
        if self.coco:
            write_json(self.folder / "marks.coco.json", to_coco(self._done, labels))

    def _taken(self, name: str) -> str:
        self._names[name] = 1
        return name

    def _write_crops(self, name: str, page: Page, pixels: NDArray[np.uint8]) -> None:
        for number, mark in enumerate(page.marks, start=1):
            left, top, right, bottom = (round(v) for v in mark.box)
            cut = pixels[max(0, top) : max(top + 1, bottom), max(0, left) : max(left + 1, right)]
            if cut.size == 0:
                continue
            folder = self.folder / "crops" / mark.label
            make_folder(folder)
            write_bytes(
                folder / f"{name}-p{page.number}-{number}.png",
                png_bytes(Image.fromarray(np.ascontiguousarray(cut))),
            )


def png_bytes(picture: Image.Image) -> bytes:
    """The picture as a PNG file."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
