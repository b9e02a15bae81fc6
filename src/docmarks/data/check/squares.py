"""Checkboxes that are called filled and are empty to see, as forms have it whose fields know more than their print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docmarks.data.check.boxes import numbers
from docmarks.data.check.finding import Finding
from docmarks.data.check.form import what
from docmarks.data.check.twins import PageSeen
from docmarks.data.coco_reader import is_uncertain
from docmarks.data.empty_square import FILLED
from docmarks.data.raw import RawSet, Record


def filled_boxes(raw: RawSet, image: Record) -> list[tuple[Record, list[float]]]:
    """The annotations of the page that are called filled, with x, y, width, height."""
    records = [record for record in raw.annotations_on(image) if FILLED in raw.labels_of(record)]
    boxes = [(record, numbers(record.get("bbox"))) for record in records]
    return [(record, box) for record, box in boxes if box is not None and not is_uncertain(record)]


def check_squares(pages: Sequence[PageSeen]) -> Iterator[Finding]:
    """What is called filled, and shows nothing; boxes that are for a picture of another size are not looked at."""
    nothing = {
        id(record)
        for page in pages
        if not page.seen.error and (page.image.get("width"), page.image.get("height")) == page.seen.size
        for (record, _), empty in zip(filled_boxes(page.raw, page.image), page.seen.empty, strict=True)
        if empty
    }
    for raw in {id(page.raw): page.raw for page in pages}.values():
        for number, record in enumerate(raw.annotations, start=1):
            if id(record) in nothing:
                told = f"is called {FILLED}, and there is nothing in it to see"
                cure = "label it Unfilled Checkbox, or look whether its box is on the square"
                yield Finding("empty filled checkbox", "warning", raw.file, what(record, number), told, cure)
