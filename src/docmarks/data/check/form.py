"""Records that are incomplete or lead nowhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from docmarks.data.check.finding import Edit, Finding
from docmarks.data.number import is_number
from docmarks.data.raw import RawSet, called
from docmarks.data.split import PARTS

NEEDED = ("id", "file_name", "width", "height")


def check_form(raw: RawSet) -> Iterator[Finding]:
    """Missing keys, identifiers given twice, annotations of no image, wrong parts."""
    ids = Counter(image["id"] for image in raw.images if isinstance(image.get("id"), int | str))
    names = Counter(called(image) for image in raw.images)
    for number, image in enumerate(raw.images, start=1):
        where = f"image {image.get('file_name', f'number {number}')}"
        for key in NEEDED:
            if key not in image:
                yield Finding("missing key", "error", raw.file, where, f"has no {key}", "add it")
        for key in ("width", "height"):
            if key in image and not is_size(image[key]):
                told = f"has the {key} {image[key]!r}"
                yield Finding("wrong size", "error", raw.file, where, told, "write whole pixels over 0")
        if image.get("split", "") not in ("", *PARTS):
            told = f"has the split {image['split']!r}"
            yield Finding("wrong split", "error", raw.file, where, told, f"write one of {', '.join(PARTS)}")
    for identifier, count in ids.items():
        if count > 1:
            where = f"image id {identifier!r}"
            yield Finding("same id twice", "error", raw.file, where, f"{count} images have it", "give each its own")
    for name, count in names.items():
        if count > 1:
            cure = "keep one image record and move the boxes of the others to it"
            yield Finding("image listed twice", "error", raw.file, f"image {name}", f"is listed {count} times", cure)
    for number, record in enumerate(raw.annotations, start=1):
        image_id = record.get("image_id")
        if not isinstance(image_id, int | str) or image_id not in raw.image_of:
            told = f"has the image_id {image_id!r}, which no image has"
            yield Finding(
                "box of no image", "error", raw.file, what(record, number), told, "remove it, or add the image"
            )


def what(record: dict[str, Any], number: int) -> str:
    """How an annotation is called in a finding."""
    return f"annotation {record.get('id', f'number {number}')}"


def is_size(value: object) -> bool:
    """Whether a value can be a page's width or height."""
    return is_number(value) and value > 0 and value == int(value)


def removal(record: dict[str, Any]) -> tuple[Edit, ...]:
    """The edit that takes a record out."""
    return (Edit(record, None),)
