"""Checkboxes that are called filled and are empty to see, as forms have it whose fields know more than their print."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from docmarks.data.check.boxes import numbers
from docmarks.data.check.finding import Finding
from docmarks.data.check.form import what
from docmarks.data.raw import RawSet, Record

if TYPE_CHECKING:
    from docmarks.data.check.look import Seen

FILLED = "Filled Checkbox"

INNER = 0.6
"""Share of the square's sides that is looked at: its middle, without the printed outline."""

DARKER = 25
"""Grey levels by which the faintest pencil differs from the paper around it."""


def filled_boxes(raw: RawSet, image: Record) -> list[tuple[Record, list[float]]]:
    """The annotations of the page that are called filled, with x, y, width, height."""
    identifier = image.get("id")
    records = raw.annotations_of.get(identifier, []) if isinstance(identifier, int | str) else []
    boxes = [(record, numbers(record.get("bbox"))) for record in records if FILLED in raw.labels_of(record)]
    return [(record, box) for record, box in boxes if box is not None and not record.get("uncertain")]


def is_empty(page: NDArray[np.uint8], box: Sequence[float]) -> bool:
    """Whether the middle of a square shows nothing but paper.

    Args:
        page: ``[H, W]``.
        box: x, y, width, height.
    """
    x, y, w, h = box
    if max(w, h) > 2 * max(page.shape) or min(w, h) < 4:
        return False
    middle = _part(page, x + w / 2, y + h / 2, w * INNER, h * INNER)
    around = _part(page, x + w / 2, y + h / 2, w * 3, h * 3)
    return middle.size > 0 and int(middle.min()) > float(np.percentile(around, 75)) - DARKER


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


def _part(page: NDArray[np.uint8], x: float, y: float, w: float, h: float) -> NDArray[np.uint8]:
    left, top = max(0, math.ceil(x - w / 2)), max(0, math.ceil(y - h / 2))
    return page[top : max(top, math.floor(y + h / 2)), left : max(left, math.floor(x + w / 2))]
