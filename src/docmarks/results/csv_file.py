"""Marks as CSV, a line a mark."""

from __future__ import annotations

from collections.abc import Sequence

from docmarks.files.csv_text import csv_text
from docmarks.results.schema import DocumentRecord

COLUMNS = (
    "file",
    "page",
    "label",
    "confidence",
    "labels",
    "left",
    "top",
    "right",
    "bottom",
    "width",
    "height",
    "dpi",
)


def to_csv(documents: Sequence[DocumentRecord]) -> str:
    """Every mark of the documents; ``width``, ``height`` and ``dpi`` are the page's."""
    rows: list[tuple[object, ...]] = [COLUMNS]
    for document in documents:
        for page in document.pages:
            for mark in page.marks:
                labels = "+".join(entry.label for entry in mark.labels)
                box = (mark.left, mark.top, mark.right, mark.bottom)
                size = (page.width, page.height, page.dpi)
                rows.append((document.file, page.number, mark.label, mark.confidence, labels, *box, *size))
    return csv_text(rows)
