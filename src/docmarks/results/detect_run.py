"""One run over many documents: a broken one is told, and the others are done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from docmarks.errors import DocmarksError
from docmarks.marks import Document, Page
from docmarks.pages.document import open_document
from docmarks.pages.sniff import sniff
from docmarks.results.output import Output
from docmarks.results.schema import DocumentRecord, ModelRecord, record
from docmarks.runtime.detector import Detector
from docmarks.runtime.pages import Wanted, detect_pages, page_numbers


class Watch(Protocol):
    """Follows the progress of a run."""

    def __enter__(self) -> Watch:
        """Starts."""

    def __exit__(self, *error: object) -> None:
        """Stops."""

    def opened(self, count: int) -> None:
        """A document was opened and has ``count`` pages to do."""

    def advance(self, count: int = 1) -> None:
        """So many more pages are done."""


class DetectRun:
    """Runs a detector over documents and hands on what it finds."""

    def __init__(
        self,
        detector: Detector,
        wanted: Wanted,
        output: Output | None,
        pages: str | None,
        dpi: float | None,
        password: str | None,
        report: Callable[[str, Page], None] | None,
        fail: Callable[[str], None],
    ) -> None:
        """``report`` is told every page, ``fail`` every document that could not be done."""
        self.detector, self.wanted, self.output = detector, wanted, output
        self.pages, self.dpi, self.password = pages, dpi, password
        self.report, self.fail = report, fail
        self.model = ModelRecord(name=detector.name, version=detector.version)
        self.failed: list[Path] = []

    def __call__(self, files: Sequence[Path], watch: Callable[[int], Watch]) -> list[DocumentRecord]:
        """The records of the documents that could be done."""
        done = []
        with watch(len(files)) as watched:
            for path in files:
                try:
                    done.append(self._document(path, watched))
                except DocmarksError as error:
                    self.failed.append(path)
                    if self.output is not None:
                        self.output.abandon()
                    self.fail(str(error))
        if self.output is not None:
            self.output.finish(self.detector.labels)
        return done

    def _document(self, path: Path, watched: Watch) -> DocumentRecord:
        is_pdf = sniff(path) == "pdf"
        name = self.output.name_for(path) if self.output is not None else path.stem
        found: list[Page] = []
        with open_document(path, self.password, self.dpi) as opened:
            numbers = page_numbers(opened, self.pages, path)
            watched.opened(len(numbers))
            for page, image in detect_pages(self.detector, opened, numbers, self.wanted):
                found.append(page)
                if self.output is not None:
                    self.output.page(name, page, image.pixels, is_pdf)
                if self.report is not None:
                    self.report(path.name, page)
                watched.advance()
        document = Document(path, tuple(found))
        result = record(document, self.model)
        if self.output is not None:
            self.output.document(name, document, result, is_pdf, self.password)
        return result
