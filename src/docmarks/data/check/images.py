"""Image files that are missing, broken, of another size, or turned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docmarks.data.check.boxes import numbers
from docmarks.data.check.finding import Edit, Finding
from docmarks.data.check.form import is_size
from docmarks.data.check.look import Place, Seen
from docmarks.data.check.squares import filled_boxes
from docmarks.data.dataset import page_number
from docmarks.data.number import is_number
from docmarks.data.raw import RawSet, Record, called
from docmarks.marks import POINTS_PER_INCH

TURNED = {5: "transposed", 6: "turned right", 7: "transverse", 8: "turned left"}
"""EXIF orientations that swap width and height."""

LIES = {1: "lies on its right side", 2: "lies upside down", 3: "lies on its left side"}
"""By the quarter turns, counter-clockwise, that set a page upright."""

UPRIGHT = "docmarks data upright {} -o NEW sets such pages right, and their boxes"


def check_image(raw: RawSet, image: Record, seen: Seen) -> Iterator[Finding]:
    """One image record against its file."""
    where = f"image {called(image)}"
    if seen.error:
        told = seen.error.removeprefix(f"{raw.path_of(image)}: ").replace("; ", " (", 1)
        told += ")" if " (" in told and not told.endswith(")") else ""
        kind = "missing image" if "no such file" in seen.error else "unreadable image"
        yield Finding(kind, "error", raw.file, where, told, "copy it again, or remove the page")
        return
    if not (is_size(image.get("width")) and is_size(image.get("height"))):
        return  # told already
    said = int(image["width"]), int(image["height"])
    if said == seen.size:
        if seen.stretch != 1:
            told = f"its pixels are {seen.stretch:.2g} times as high as wide, and training takes them for squares"
            yield Finding("fax", "warning", raw.file, where, told, UPRIGHT.format(raw.file.parent))
        if seen.quarters:
            told = f"{LIES[seen.quarters]}, and training takes pages as they lie"
            yield Finding("lying page", "warning", raw.file, where, told, UPRIGHT.format(raw.file.parent))
        return
    told = f"is {seen.size[0]} x {seen.size[1]}, its record says {said[0]} x {said[1]}"
    if seen.orientation in TURNED and said == seen.size[::-1]:
        # The tool that drew the boxes did not turn the picture as its EXIF entry asks; every reader here does.
        edits = tuple(_turned(raw, image, seen))
        told += f": boxes were drawn on the picture before it is {TURNED[seen.orientation]} by its EXIF entry"
        yield Finding("turned image", "error", raw.file, where, told, "turn the boxes as well", edits)
    elif not raw.annotations_on(image):
        edits = (Edit(image, {"width": seen.size[0], "height": seen.size[1]}),)
        yield Finding("wrong size", "error", raw.file, where, told, "correct the record; it has no boxes", edits)
    else:
        cure = "its boxes are for another picture; use the original, or scale them"
        yield Finding("wrong size", "error", raw.file, where, told, cure)


def _turned(raw: RawSet, image: Record, seen: Seen) -> Iterator[Edit]:
    turn = Turn(seen.orientation, int(image["width"]), int(image["height"]))
    fields = image.get("fields")
    turned = {"fields": [_turned_field(field, turn) for field in fields]} if isinstance(fields, list) else {}
    yield Edit(image, {"width": seen.size[0], "height": seen.size[1], **turned})
    for record in raw.annotations_on(image):
        box = numbers(record.get("bbox"))
        if box is not None:
            yield Edit(record, {"bbox": turn(box)})


def _turned_field(field: Any, turn: Turn) -> Any:
    """A form's field; whatever has no box stays as it is."""
    box = numbers(field.get("bbox")) if isinstance(field, dict) else None
    return field if box is None else field | {"bbox": turn(box)}


@dataclass(frozen=True)
class Turn:
    """What an EXIF orientation does to a box.

    Attributes:
        orientation: 5 to 8.
        width: Of the picture as stored.
        height: Of the picture as stored.
    """

    orientation: int
    width: int
    height: int

    def __call__(self, box: list[float]) -> list[float]:
        """x, y, width, height on the stored picture to the same on the upright one."""
        x, y, w, h = box
        right, below = self.width - x - w, self.height - y - h
        # 5: rows become columns; 6: a quarter to the right; 7: both mirrored; 8: a quarter to the left.
        left, top = {5: (y, x), 6: (below, x), 7: (below, right), 8: (y, right)}[self.orientation]
        return [left, top, h, w]


def places_of(raw: RawSet) -> list[Place]:
    """Where the pictures of all image records are, in their order."""
    return [
        Place(
            raw.path_of(image),
            page_number(image),
            _dpi(image),
            tuple(tuple(box) for _, box in filled_boxes(raw, image)),
        )
        for image in raw.images
    ]


def _dpi(image: Record) -> float:
    dpi = image.get("dpi")
    return float(dpi) if is_number(dpi) and dpi > 0 else POINTS_PER_INCH
