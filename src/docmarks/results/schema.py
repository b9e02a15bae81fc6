"""The JSON that `docmarks detect` writes. Its version changes when a reader would have to change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from docmarks.marks import Document, Mark, Page

SCHEMA_VERSION = 1

Confidence = Annotated[float, Field(ge=0, le=1)]


class Record(BaseModel):
    """A part of the result; keys it does not know are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LabelRecord(Record):
    """One label of a mark.

    Attributes:
        label: Its name.
        confidence: 0 to 1.
    """

    label: str
    confidence: Confidence


class PointsRecord(Record):
    """A box in points (1/72 inch) from the top left corner of the page as displayed, y down."""

    left: float
    top: float
    right: float
    bottom: float


class MarkRecord(Record):
    """One mark.

    Attributes:
        label: The most confident label.
        confidence: Of that label.
        labels: All labels over their thresholds, most confident first.
        left: Pixels from the page's left edge.
        top: Pixels from its upper edge.
        right: Exclusive: width is right - left.
        bottom: Exclusive.
        points: The same box in points.
    """

    label: str
    confidence: Confidence
    labels: list[LabelRecord]
    left: float
    top: float
    right: float
    bottom: float
    points: PointsRecord


class PageRecord(Record):
    """One page.

    Attributes:
        number: 1-based.
        width: In pixels, as displayed.
        height: In pixels.
        dpi: Pixels an inch.
        seconds: Spent on detection.
        marks: Most confident first.
    """

    number: int
    width: int
    height: int
    dpi: float
    seconds: float
    marks: list[MarkRecord]


class ModelRecord(Record):
    """What found the marks."""

    name: str
    version: str


class DocumentRecord(Record):
    """One document: the whole of a result file."""

    schema_version: int = SCHEMA_VERSION
    file: str
    model: ModelRecord
    pages: list[PageRecord]


def record(document: Document, model: ModelRecord) -> DocumentRecord:
    """A document as its JSON record; pixels and to 1/1000, confidences to 1/10000."""
    pages = [_page(page) for page in document.pages]
    return DocumentRecord(file=document.path.name, model=model, pages=pages)


def document(found: DocumentRecord, folder: Path) -> Document:
    """The document that a record describes; its file is taken to lie in ``folder``."""
    pages = tuple(
        Page(
            page.width,
            page.height,
            page.dpi,
            page.number,
            tuple(
                Mark(
                    (mark.left, mark.top, mark.right, mark.bottom),
                    tuple(entry.label for entry in mark.labels),
                    tuple(entry.confidence for entry in mark.labels),
                )
                for mark in page.marks
            ),
            page.seconds,
        )
        for page in found.pages
    )
    return Document(folder / found.file, pages)


def _page(page: Page) -> PageRecord:
    return PageRecord(
        number=page.number,
        width=page.width,
        height=page.height,
        dpi=page.dpi,
        seconds=round(page.seconds, 4),
        marks=[_mark(mark, page.dpi) for mark in page.marks],
    )


def _mark(mark: Mark, dpi: float) -> MarkRecord:
    left, top, right, bottom = (round(v, 3) for v in mark.box)
    x0, y0, x1, y1 = (round(v, 3) for v in mark.in_points(dpi))
    labels = [
        LabelRecord(label=label, confidence=round(score, 4))
        for label, score in zip(mark.labels, mark.scores, strict=True)
    ]
    return MarkRecord(
        label=mark.label,
        confidence=round(mark.score, 4),
        labels=labels,
        left=left,
        top=top,
        right=right,
        bottom=bottom,
        points=PointsRecord(left=x0, top=y0, right=x1, bottom=y1),
    )
