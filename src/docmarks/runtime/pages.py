"""A detector over the pages of a document."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError
from docmarks.marks import Detections, Document, Mark, Page
from docmarks.messages.nearest import did_you_mean
from docmarks.pages.count import page_numbers
from docmarks.pages.document import OpenDocument, open_document
from docmarks.pages.page_image import DrawnPage, PageImage
from docmarks.runtime.detector import Detector, in_page_pixels
from docmarks.runtime.in_flight import in_flight
from docmarks.runtime.square_pixels import square_pixels

Pixels = NDArray[np.uint8]
Read = tuple[PageImage | DrawnPage, Pixels | None]
"""What a detector sees of a page, and the page's pixels where they are wanted."""


@dataclass(frozen=True)
class Wanted:
    """What a user wants to see of all that is found.

    Attributes:
        labels: Only these; None for all.
        min_score: One minimum for every label; None takes the model's own.
    """

    labels: tuple[str, ...] | None = None
    min_score: float | None = None

    def check(self, detector: Detector) -> None:
        """Refuses labels that the model does not know.

        Raises:
            DocmarksError: Naming the nearest label.
        """
        for label in self.labels or ():
            if label not in detector.labels:
                hint = did_you_mean(label, detector.labels, f"it knows {', '.join(detector.labels)}", alike=0.4)
                raise DocmarksError(f"{label}: the model has no such label; {hint}")
        if self.min_score is not None and not 0 <= self.min_score <= 1:
            raise DocmarksError(f"a minimum score of {self.min_score:g} is not between 0 and 1")

    def thresholds(self, detector: Detector) -> Sequence[float]:
        """One minimum a label of the detector; over 1 for a label that is not wanted."""
        stored = detector.thresholds if self.min_score is None else [self.min_score] * len(detector.labels)
        return [
            minimum if self.labels is None or label in self.labels else 2.0
            for label, minimum in zip(detector.labels, stored, strict=True)
        ]


def see(document: OpenDocument, number: int, detector: Detector) -> PageImage | DrawnPage:
    """Page ``number`` as the detector needs it: no larger, and in no more colours, where that is quicker.

    Raises:
        DocmarksError: The page cannot be read.
    """
    grey = detector.channels == "grey"
    # Parts of a page are cut out of its own pixels.
    drawn = document.draw(number, detector.looks, grey) if detector.tiles == 1 else None
    return drawn or document.page(number, grey)


def detect_page(detector: Detector, page: PageImage | DrawnPage, wanted: Wanted) -> Page:
    """The marks of one page as ``see`` gives it."""
    began = time.perf_counter()
    if isinstance(page, DrawnPage):
        width, height = page.width, page.height
        found = detector.on_looks(page.looks, width, height)
    else:
        height, width = page.pixels.shape[:2]
        found = detector(page.pixels) if page.stretch == 1 else _on_square_pixels(detector, page)
    marks: tuple[Mark, ...] = found.marks(wanted.thresholds(detector))
    return Page(width, height, page.dpi, page.number, marks, time.perf_counter() - began, found.turned)


def _on_square_pixels(detector: Detector, page: PageImage) -> Detections:
    """What is found on a fax as it looks on paper, in its own pixels."""
    height, width = page.pixels.shape[:2]
    found = detector(square_pixels(page))
    return in_page_pixels(found, page.on_paper, (width, height))


def detect_pages(
    detector: Detector, document: OpenDocument, numbers: Sequence[int], wanted: Wanted, pictured: bool = False
) -> Iterator[tuple[Page, Pixels | None] | DocmarksError]:
    """Page by page, in order: what was found, and the page's pixels if they are wanted; or why it cannot be read.

    What is found is the same whether the page is ``pictured`` or not.
    """

    def work(read: Read | DocmarksError) -> tuple[Page, Pixels | None] | DocmarksError:
        return read if isinstance(read, DocmarksError) else (detect_page(detector, read[0], wanted), read[1])

    return in_flight(work, (_read(document, number, detector, pictured) for number in numbers), detector.streams)


def _read(document: OpenDocument, number: int, detector: Detector, pictured: bool) -> Read | DocmarksError:
    try:
        return see(document, number, detector), document.page(number).pixels if pictured else None
    except DocmarksError as error:
        return error


def detect_document(
    load: Callable[[int], Detector],
    path: Path,
    pages: str | None,
    dpi: float | None,
    password: str | None,
    wanted: Wanted,
) -> Document:
    """All pages of a document, without keeping their images.

    Args:
        load: Given the number of pages, the detector to run.
        path: The document.
        pages: "1-3,7", or None for all.
        dpi: As ``open_document``.
        password: Of an encrypted PDF.
        wanted: What to keep.

    Raises:
        DocmarksError: The document, or one of its pages, cannot be read.
    """
    with open_document(path, password, dpi) as document:
        numbers = page_numbers(document, pages, path)
        detector = load(len(numbers))
        wanted.check(detector)
        found = []
        for result in detect_pages(detector, document, numbers, wanted):
            if isinstance(result, DocmarksError):
                raise result
            found.append(result[0])
        return Document(path, tuple(found))
