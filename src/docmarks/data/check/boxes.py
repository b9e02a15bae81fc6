"""Boxes that cannot be right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import takewhile

from docmarks.data.check.finding import Edit, Finding
from docmarks.data.check.form import is_size, removal, what
from docmarks.data.coco_reader import is_uncertain
from docmarks.data.number import is_number
from docmarks.data.raw import RawSet, Record

LEAST_SIDE = 1.0
"""A mark of less than a pixel is a slip of the mouse."""

OVER_EDGE = 0.5
"""So many pixels over the edge are rounding, not worth a word."""

SAME_BOX = 0.5
"""Boxes whose edges all differ by less, in pixels, are the same box."""

Labelled = tuple[Record, str, list[float]]
"""An annotation, what it is called, and its x, y, width, height."""


def check_boxes(raw: RawSet) -> Iterator[Finding]:
    """Boxes that are no boxes, swapped, empty, over the edge, outside, or there twice."""
    by_image: dict[object, list[Labelled]] = defaultdict(list)
    for number, record in enumerate(raw.annotations, start=1):
        image = raw.image_of.get(record["image_id"]) if isinstance(record.get("image_id"), int | str) else None
        name = f"{what(record, number)} ({image.get('file_name')})" if image else what(record, number)
        box = numbers(record.get("bbox"))
        if box is None:
            told = f"has the bbox {record.get('bbox')!r}"
            yield Finding("no box", "error", raw.file, name, told, "write x, y, width, height in pixels")
            continue
        found = list(_check_box(raw, record, name, box, image))
        yield from found
        if image is not None and not any(finding.severity == "error" for finding in found):
            by_image[record["image_id"]].append((record, name, box))
    for boxes in by_image.values():
        yield from _check_twice(raw, boxes)


def numbers(box: object) -> list[float] | None:
    """Four finite numbers, or None."""
    if not isinstance(box, list) or len(box) != 4 or not all(is_number(v) for v in box):
        return None
    return [float(v) for v in box]


def _check_box(raw: RawSet, record: Record, name: str, box: list[float], image: Record | None) -> Iterator[Finding]:
    x, y, width, height = box
    if width < 0 or height < 0:
        turned = [min(x, x + width), min(y, y + height), abs(width), abs(height)]
        told = f"has a negative width or height: {record['bbox']}"
        yield Finding(
            "swapped box", "error", raw.file, name, told, "swap its corners", (Edit(record, {"bbox": turned}),)
        )
        return
    if width < LEAST_SIDE or height < LEAST_SIDE:
        told = f"is {width:g} x {height:g} pixels"
        yield Finding("empty box", "error", raw.file, name, told, "remove it", removal(record))
        return
    if image is None or not (is_size(image.get("width")) and is_size(image.get("height"))):
        return
    page_width, page_height = float(image["width"]), float(image["height"])
    if x >= page_width or y >= page_height or x + width <= 0 or y + height <= 0:
        told = f"lies outside its page of {page_width:g} x {page_height:g}: {record['bbox']}"
        cure = "its coordinates are of another page, scale or order; correct or remove it"
        yield Finding("box outside", "error", raw.file, name, told, cure)
        return
    over = max(-x, -y, x + width - page_width, y + height - page_height)
    if over > OVER_EDGE:
        left, top = max(0.0, x), max(0.0, y)
        cut = [left, top, min(page_width, x + width) - left, min(page_height, y + height) - top]
        told = f"reaches {over:g} pixels over the edge of its page"
        yield Finding(
            "box over the edge", "warning", raw.file, name, told, "cut it off", (Edit(record, {"bbox": cut}),)
        )
    if width * height > 0.9 * page_width * page_height:
        told, cure = "covers the whole page", "box the mark itself"
        yield Finding("box of a page", "warning", raw.file, name, told, cure)


def _check_twice(raw: RawSet, boxes: Sequence[Labelled]) -> Iterator[Finding]:
    """The same box again: with the same labels it goes, with others its labels join the first.

    One that somebody is uncertain of and one that is certain are two statements; neither goes for the other.
    """
    kept: list[Labelled] = []
    joined: dict[int, Sequence[str]] = {}
    for record, name, box in sorted(boxes, key=lambda item: item[2]):
        # Sorted by x: those further back lie too far to the left.
        near = takewhile(partial(_reaches, x=box[0]), reversed(kept))
        twin = next((other for other in near if _same(other, (record, name, box))), None)
        if twin is None:
            kept.append((record, name, box))
            continue
        labels, others = raw.labels_of(record), joined.get(id(twin[0]), raw.labels_of(twin[0]))
        if set(labels) <= set(others):
            told = f"is the same box as {twin[1]}"
            yield Finding("box twice", "error", raw.file, name, told, "remove it", removal(record))
        else:
            told = f"is the same box as {twin[1]} with other labels"
            joined[id(twin[0])] = list(dict.fromkeys([*others, *labels]))
            edits = (Edit(twin[0], {"labels": joined[id(twin[0])]}), *removal(record))
            yield Finding("box twice, other labels", "warning", raw.file, name, told, "join their labels", edits)


def _reaches(other: Labelled, x: float) -> bool:
    return x - other[2][0] < SAME_BOX


def _same(one: Labelled, other: Labelled) -> bool:
    (a, b), doubts = (one[2], other[2]), (is_uncertain(one[0]), is_uncertain(other[0]))
    ends = zip((*a[:2], a[0] + a[2], a[1] + a[3]), (*b[:2], b[0] + b[2], b[1] + b[3]), strict=True)
    return doubts[0] == doubts[1] and all(abs(u - v) < SAME_BOX for u, v in ends)
