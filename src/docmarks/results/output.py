"""The output folder of one run of `docmarks detect`."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError
from docmarks.files.atomic import make_folder, write_json, write_text
from docmarks.marks import Document, Page
from docmarks.pages.annotate_image import annotate_image
from docmarks.pages.collect import CROPS
from docmarks.pages.png import png_bytes
from docmarks.results.coco_file import to_coco
from docmarks.results.crops import cut, folder_of
from docmarks.results.csv_file import to_csv
from docmarks.results.done_documents import DoneDocuments
from docmarks.results.json_file import to_json
from docmarks.results.names import Names
from docmarks.results.schema import DocumentRecord
from docmarks.results.staging import Staging

GATHERED = "marks"
"""Stem of the files that hold all documents."""


@dataclass
class Output:
    """Writes what was asked for, document by document.

    Attributes:
        folder: Where to.
        annotated: Also the document with its marks drawn or noted on it.
        csv: Also one ``marks.csv`` of all documents.
        coco: Also one ``marks.coco.json`` of all documents.
        crops: Also every mark as a PNG, in a folder a label.
        done: Keeps which documents are done; None if the run is not to be gone on with.
    """

    folder: Path
    annotated: bool = False
    csv: bool = False
    coco: bool = False
    crops: bool = False
    done: DoneDocuments | None = None
    _names: Names = field(default_factory=lambda: Names([f"{GATHERED}.coco"]))
    _all: list[DocumentRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Makes the folder, so that a wrong one is told before the work and not after it."""
        make_folder(self.folder)
        self._staging = Staging(self.folder)

    def name_for(self, path: Path) -> str:
        """A stem for this document's files that no other of this run has: scan, scan-2, ..."""
        return self._names(path.stem)

    def known(self, path: Path, stem: str, name: str) -> DocumentRecord | None:
        """What an interrupted run has written of this document; it belongs to this run's results then."""
        found = self.done.get(path, stem, name) if self.done is not None else None
        if found is not None:
            self._all.append(found)
        return found

    def needs_pixels(self, is_pdf: bool) -> bool:
        """Whether ``page`` has something to do."""
        return self.crops or (self.annotated and not is_pdf)

    def page(self, name: str, page: Page, pixels: NDArray[np.uint8], number: int | None, is_pdf: bool) -> None:
        """Takes one page while its pixels are in memory.

        Args:
            name: Stem of the document's files.
            page: Its marks.
            pixels: ``[H, W]`` or ``[H, W, 3]``.
            number: Of the page, to tell its picture from those of others; None if there are none.
            is_pdf: The document is annotated as a whole, later.
        """
        if self.crops:
            for count, mark in enumerate(page.marks, start=1):
                part = cut(pixels, mark)
                if part is not None:
                    file = Path(CROPS, folder_of(mark.label), f"{name}-p{page.number}-{count}.png")
                    self._staging.add(file, png_bytes(part, page.dpi))
        if self.annotated and not is_pdf:
            ending = ".annotated.png" if number is None else f".annotated-{number}.png"
            drawn = annotate_image(pixels, page.marks)
            self._staging.add(Path(name + ending), png_bytes(drawn, page.dpi))

    def document(
        self, name: str, document: Document, found: DocumentRecord, is_pdf: bool, password: str | None
    ) -> None:
        """Writes one finished document; its JSON last, so that all is there when that is.

        Raises:
            DocmarksError: Something cannot be written. A PDF that cannot be annotated costs only its annotated copy.
        """
        wrong = self._annotate(name, document, password) if self.annotated and is_pdf else None
        self._staging.commit()
        write_text(self.folder / f"{name}.json", to_json(found))
        self._all.append(found)
        if wrong is not None:
            raise wrong
        if self.done is not None and all(page.error is None for page in found.pages):
            self.done.put(document.path, name)

    def abandon(self) -> None:
        """Forgets the pages of a document that failed."""
        self._staging.discard()

    def finish(self, labels: tuple[str, ...]) -> None:
        """Writes the files that gather all documents."""
        if self.csv:
            write_text(self.folder / f"{GATHERED}.csv", to_csv(self._all))
        if self.coco:
            write_json(self.folder / f"{GATHERED}.coco.json", to_coco(self._all, labels))

    def _annotate(self, name: str, document: Document, password: str | None) -> DocmarksError | None:
        from docmarks.pages.annotate_pdf import annotate_pdf

        try:
            pdf = annotate_pdf(document.path, document.pages, password)
        except DocmarksError as error:
            return error
        self._staging.add(Path(f"{name}.annotated.pdf"), pdf)
        return None
