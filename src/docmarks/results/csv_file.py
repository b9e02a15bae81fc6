"""Marks as CSV, a line a mark."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

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
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for document in documents:
        for page in document.pages:
            for mark in page.marks:
                labels = "+".join(entry.label for entry in mark.labels)
                box = (mark.left, mark.top, mark.right, mark.bottom)
                size = (page.width, page.height, page.dpi)
                writer.writerow((document.file, page.number, mark.label, mark.confidence, labels, *box, *size))
    return buffer.getvalue()
