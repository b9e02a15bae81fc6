"""One run over many documents: a broken one is told, and the others are done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from docmarks.errors import DocmarksError, is_full_disk
from docmarks.marks import Document, Page
from docmarks.pages.collect import Collected
from docmarks.pages.count import page_numbers
from docmarks.pages.document import open_document
from docmarks.pages.sniff import sniff
from docmarks.results.output import Output
from docmarks.results.schema import DocumentRecord, ModelRecord, record
from docmarks.runtime.detector import Detector
from docmarks.runtime.pages import Wanted, detect_pages


class Watch(Protocol):
    """Follows the progress of a run."""

    def opened(self, path: Path, count: int) -> None:
        """A document was opened and has ``count`` pages to do."""

    def advance(self, path: Path) -> None:
        """One more page of it is done."""

    def closed(self, path: Path) -> None:
        """It is done, or failed."""


@dataclass(frozen=True)
class Reading:
    """What of the documents is read, and how.

    Attributes:
        pages: "1-3,7", or None for all.
        dpi: As ``open_document``.
        password: Of encrypted PDFs.
    """

    pages: str | None = None
    dpi: float | None = None
    password: str | None = None


class DetectRun:
    """Runs a detector over documents and hands on what it finds."""

    def __init__(
        self,
        detector: Detector,
        wanted: Wanted,
        output: Output | None,
        reading: Reading,
        report: Callable[[str, Page], None] | None,
        fail: Callable[[str], None],
    ) -> None:
        """``report`` is told every page, ``fail`` every page and document that could not be done."""
        self.detector, self.wanted, self.output = detector, wanted, output
        self.reading = reading
        self.report, self.fail = report, fail
        self.model = ModelRecord(
            name=detector.name,
            version=detector.version,
            size=max(detector.sizes),
            sizes=list(detector.sizes),
            tiles=detector.tiles,
        )
        self.failed: list[Path] = []
        self.resumed = 0
        """Documents that an interrupted run had done."""

    def __call__(self, found: Collected, watch: Watch) -> list[DocumentRecord]:
        """The records of the documents that could be done.

        Raises:
            Exception: Something that is no fault of the document; the others are done first.
        """
        done: list[DocumentRecord] = []
        unexpected: Exception | None = None
        for path, name in zip(found.files, found.names, strict=True):
            try:
                self._document(path, name, watch, done)
            except DocmarksError as error:
                self._failed(path, str(error))
            except BrokenPipeError:
                raise  # nobody reads our lines any more
            except Exception as error:
                if is_full_disk(error):
                    raise  # our lines have no room: no fault of any document
                self._failed(path, f"{path}: internal error ({type(error).__name__})")
                unexpected = unexpected or error
            finally:
                if self.output is not None:
                    self.output.abandon()
                watch.closed(path)
        if self.output is not None:
            self.output.finish(self.detector.labels)
        if unexpected is not None:
            raise unexpected
        return done

    def _document(self, path: Path, name: str, watch: Watch, done: list[DocumentRecord]) -> None:
        stem = self.output.name_for(path) if self.output is not None else path.stem
        known = self.output.known(path, stem, name) if self.output is not None else None
        if known is not None:
            self.resumed += 1
            done.append(known)
            return
        is_pdf = sniff(path) == "pdf"
        pages: list[Page] = []
        failed: dict[int, str] = {}
        with open_document(path, self.reading.password, self.reading.dpi) as opened:
            numbers = page_numbers(opened, self.reading.pages, path)
            watch.opened(path, len(numbers))
            pictured = self.output is not None and self.output.needs_pixels(is_pdf)
            found = detect_pages(self.detector, opened, numbers, self.wanted, pictured)
            for number, result in zip(numbers, found, strict=True):
                if isinstance(result, DocmarksError):
                    if len(numbers) == 1:
                        raise result
                    failed[number] = str(result)
                    self._failed(path, str(result))
                else:
                    page, pixels = result
                    pages.append(page)
                    if self.output is not None and pixels is not None:
                        self.output.page(stem, page, pixels, number if len(opened) > 1 else None, is_pdf)
                    if self.report is not None:
                        self.report(name, page)
                watch.advance(path)
        document = Document(path, tuple(pages))
        told = record(document, self.model, name, failed)
        done.append(told)
        if self.output is not None:
            self.output.document(stem, document, told, is_pdf, self.reading.password)

    def _failed(self, path: Path, message: str) -> None:
        if path not in self.failed:
            self.failed.append(path)
        self.fail(message)
