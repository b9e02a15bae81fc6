"""Checkboxes that are called filled and are empty to see, as forms have it whose fields know more than their print."""

from __future__ import annotations

from collections.abc import Iterator

from docmarks.data.check.boxes import numbers
from docmarks.data.check.finding import Finding
from docmarks.data.check.form import what
from docmarks.data.check.look import Seen
from docmarks.data.empty_square import FILLED
from docmarks.data.raw import RawSet, Record


def filled_boxes(raw: RawSet, image: Record) -> list[tuple[Record, list[float]]]:
    """The annotations of the page that are called filled, with x, y, width, height."""
    identifier = image.get("id")
    records = raw.annotations_of.get(identifier, []) if isinstance(identifier, int | str) else []
    boxes = [(record, numbers(record.get("bbox"))) for record in records if FILLED in raw.labels_of(record)]
    return [(record, box) for record, box in boxes if box is not None and not record.get("uncertain")]


def check_squares(raw: RawSet, image: Record, seen: Seen) -> Iterator[Finding]:
    """What is called filled, and shows nothing; boxes that are for a picture of another size are not looked at."""
    if (image.get("width"), image.get("height")) != seen.size:
        return
    for (record, _), empty in zip(filled_boxes(raw, image), seen.empty, strict=False):
        if empty:
            number = next(i for i, one in enumerate(raw.annotations, start=1) if one is record)
            told = f"is called {FILLED}, and there is nothing in it to see"
            cure = "label it Unfilled Checkbox, or look whether its box is on the square"
            yield Finding("empty filled checkbox", "warning", raw.file, what(record, number), told, cure)
