"""The JSON that `docmarks detect` writes. Its version changes when a reader would have to change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from docmarks.marks import Document, Mark, Page
from docmarks.strict import Strict

SCHEMA_VERSION: Literal[1] = 1

Confidence = Annotated[float, Field(ge=0, le=1, description="0 to 1, four decimals.")]


class LabelRecord(Strict):
    """One label of a mark."""

    label: str = Field(description="Its name.")
    confidence: Confidence


class PointsRecord(Strict):
    """A box in points, measured from the top left corner of the page as it is displayed, y down.

    A point is 1/72 inch, or what the PDF's UserUnit makes of it.
    """

    left: float
    top: float
    right: float
    bottom: float


class MarkRecord(Strict):
    """One mark: what it is, how sure that is, and where it is."""

    label: str = Field(description="The most confident label.")
    confidence: Confidence = Field(description="Of that label.")
    labels: list[LabelRecord] = Field(description="All labels at or over their minimum, most confident first.")
    left: float = Field(description="Pixels from the left edge of the page as it is displayed.")
    top: float = Field(description="Pixels from its upper edge, y down.")
    right: float = Field(description="Pixels from its left edge; exclusive: the width is right - left.")
    bottom: float = Field(description="Pixels from its upper edge; exclusive: the height is bottom - top.")
    points: PointsRecord = Field(description="The same box in points.")


class PageRecord(Strict):
    """One page."""

    number: int = Field(ge=1, description="Place in the document, from 1.")
    width: int | None = Field(description="Pixels across the page as displayed; null if it could not be read.")
    height: int | None = Field(description="Pixels down; null if the page could not be read.")
    dpi: float | None = Field(description="Pixels an inch; null if the page could not be read.")
    seconds: float = Field(ge=0, description="Time that the detection took.")
    turned: float = Field(default=0, description="Degrees, counter-clockwise, that set the page upright.")
    error: str | None = Field(default=None, description="Why the page could not be read; null for all others.")
    marks: list[MarkRecord] = Field(description="Most confident first.")


class ModelRecord(Strict):
    """What found the marks."""

    name: str
    version: str
    size: float = Field(default=1, gt=0, description="Pages were seen so many times as large as the model asks for.")
    sizes: list[float] = Field(default=[1.0], description="At each of these, if several; size is the largest.")
    tiles: float = Field(default=1, ge=1, description="Parts of pages were seen so many times as large again; 1: none.")


class DocumentRecord(Strict):
    """The marks that docmarks found on one document."""

    schema_version: Literal[1] = Field(default=SCHEMA_VERSION, description="Changes when a reader would have to.")
    file: str = Field(description="The document: its place in the folder that was searched, or its file name.")
    model: ModelRecord
    pages: list[PageRecord] = Field(description="The pages that were asked for, in their order.")


def record(
    document: Document, model: ModelRecord, name: str | None = None, failed: Mapping[int, str] | None = None
) -> DocumentRecord:
    """A document as its JSON record; pixels and points to 1/1000, confidences to 1/10000.

    Args:
        document: With the pages that could be read.
        model: What found the marks.
        name: What to call the file; None takes its file name.
        failed: Pages that could not be read: number to reason.
    """
    pages = [_page(page) for page in document.pages]
    for number, error in (failed or {}).items():
        pages.append(PageRecord(number=number, width=None, height=None, dpi=None, seconds=0, error=error, marks=[]))
    pages.sort(key=lambda page: page.number)
    return DocumentRecord(file=name or document.path.name, model=model, pages=pages)


def document(found: DocumentRecord, folder: Path) -> Document:
    """The document that a record describes, without pages that failed; its file is taken to lie in ``folder``."""
    pages = tuple(
        Page(page.width, page.height, page.dpi, page.number, tuple(map(_read, page.marks)), page.seconds, page.turned)
        for page in found.pages
        if page.width is not None and page.height is not None and page.dpi is not None
    )
    return Document(folder / found.file, pages)


def json_schema() -> str:
    """The JSON Schema of a result file, as published in ``docs/detections.schema.json``."""
    return json.dumps(DocumentRecord.model_json_schema(mode="serialization"), indent=1) + "\n"


def _read(mark: MarkRecord) -> Mark:
    labels = tuple(entry.label for entry in mark.labels)
    return Mark((mark.left, mark.top, mark.right, mark.bottom), labels, tuple(e.confidence for e in mark.labels))


def _page(page: Page) -> PageRecord:
    return PageRecord(
        number=page.number,
        width=page.width,
        height=page.height,
        dpi=round(page.dpi, 3),
        seconds=round(page.seconds, 4),
        turned=round(page.turned, 2),
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
