"""Adds marks to a given page: fills in a form, or decorates any page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from docmarks.marks import Mark
from docmarks.synth import boxes, handwritten, overprint
from docmarks.synth.ink import InkLibrary
from docmarks.synth.paper import Paper
from docmarks.synth.pen import Mask, lay
from docmarks.synth.stamps import stamp

Grey = NDArray[np.uint8]

TYPED = (
    "Springfield",
    "2,340.00",
    "Jordan Avery",
    "41-0093381",
    "12 Elm Street",
    "N/A",
    "See attached",
    "0.00",
)


def fill_form(
    page: Grey,
    fields: Sequence[Mapping[str, Any]],
    checkboxes: Sequence[Mark],
    rng: np.random.Generator,
    ink: InkLibrary,
) -> tuple[Grey, list[Mark]]:
    """Fills a blank form in by hand.

    Args:
        page: ``[H, W]``; not changed.
        fields: Places to write on: ``kind`` ("text", "signature", "date" or "initials") and ``bbox`` (x, y, w, h).
        checkboxes: Marks of its printed squares; some become Filled Checkbox.
        rng: Everything random comes from it.
        ink: What to write with.

    Returns:
        The filled page and all marks on it.
    """
    page = page.copy()
    paper = Paper(page)
    for mark in checkboxes:
        paper.take(mark.box)
    marks = [
        _maybe_filled(page, mark, rng, share) for share in [float(rng.choice([0.0, 0.25, 0.6]))] for mark in checkboxes
    ]
    written = float(rng.choice([0.0, 0.3, 0.8]))
    typed = float(rng.choice([0.0, 0.0, 0.4]))
    for field in fields:
        if rng.random() >= written:
            continue
        found = _typed(page, field, rng) if rng.random() < typed else _written(page, paper, field, rng, ink)
        marks.extend(found)
    if rng.random() < 0.5:
        marks.extend(_extras(page, paper, rng, ink, most=2))
    return page, marks


def decorate(
    page: Grey, marks: Sequence[Mark], rng: np.random.Generator, ink: InkLibrary, most: int = 4
) -> tuple[Grey, list[Mark]]:
    """Adds one to ``most`` marks where none is yet.

    Args:
        page: ``[H, W]``; not changed.
        marks: What is on it.
        rng: Everything random comes from it.
        ink: What to write with.
        most: At most so many.

    Returns:
        The new page and the marks that were added.
    """
    page = page.copy()
    paper = Paper(page)
    for mark in marks:
        paper.take(mark.box)
    return page, _extras(page, paper, rng, ink, most)


def _maybe_filled(page: Grey, mark: Mark, rng: np.random.Generator, share: float) -> Mark:
    if rng.random() >= share or "Unfilled Checkbox" not in mark.labels:
        return mark
    boxes.fill(page, mark.box, rng)
    return Mark(mark.box, ("Filled Checkbox",))


def _written(
    page: Grey, paper: Paper, field: Mapping[str, Any], rng: np.random.Generator, ink: InkLibrary
) -> list[Mark]:
    x, y, w, h = (float(v) for v in field["bbox"])
    if w < 14 or h < 6 or x < 0 or y < 0 or x + w > page.shape[1] or y + h > page.shape[0]:
        return []
    kind = field.get("kind")
    if kind == "signature":
        mask, labels = (
            handwritten.signature(ink, rng, float(rng.uniform(1.0, 2.4)) * max(h, 14)),
            ("Signature",),
        )
    elif kind == "date":
        mask, labels = handwritten.date(ink, rng, h * float(rng.uniform(0.7, 1.1))), ("Date",)
    elif kind == "initials":
        mask, labels = handwritten.initials(ink, rng, h * float(rng.uniform(0.9, 1.6))), ("Initials",)
    elif w < 45:
        mask, labels = handwritten.initials(ink, rng, h * float(rng.uniform(0.7, 1.2))), ("Initials",)
    elif w < 170 and rng.random() < 0.35:
        mask, labels = handwritten.date(ink, rng, h * float(rng.uniform(0.6, 1.0))), ("Date",)
    else:
        wide = w * float(rng.uniform(0.3, 0.95))
        mask, labels = (
            handwritten.handwriting(ink, rng, wide, min(h, 26) * float(rng.uniform(0.65, 1.1))),
            ("Other Text",),
        )
    left = x + float(rng.uniform(0, max(1.0, w - mask.shape[1])))
    top = y + h - mask.shape[0] * float(rng.uniform(0.85, 1.1))
    return _put(page, paper, mask, round(left), round(top), labels, rng)


def _typed(page: Grey, field: Mapping[str, Any], rng: np.random.Generator) -> list[Mark]:
    x, y, _, h = (float(v) for v in field["bbox"])
    if h >= 7:
        image = Image.fromarray(page)
        font = ImageFont.load_default(min(h * 0.8, 15))
        ImageDraw.Draw(image).text((x + 2, y + h / 2), str(rng.choice(TYPED)), fill=0, font=font, anchor="lm")
        page[...] = np.asarray(image)
    return []


def _extras(page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary, most: int) -> list[Mark]:
    added: list[Mark] = []
    for _ in range(int(rng.integers(1, most + 1))):
        kind = MAKERS[int(rng.choice(len(MAKERS), p=CHANCES))]
        added.extend(kind(page, paper, rng, ink))
    return added


def _add_signature(page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary) -> list[Mark]:
    return _anywhere(page, paper, handwritten.signature(ink, rng), ("Signature",), rng, 0.12)


def _add_initials(page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary) -> list[Mark]:
    return _anywhere(page, paper, handwritten.initials(ink, rng), ("Initials",), rng, 0.05)


def _add_handwriting(page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary) -> list[Mark]:
    mask = handwritten.handwriting(ink, rng, float(rng.uniform(30, 260)), float(rng.uniform(11, 34)))
    return _anywhere(page, paper, mask, ("Other Text",), rng, 0.06)


def _add_date(page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary) -> list[Mark]:
    return _anywhere(page, paper, handwritten.date(ink, rng, float(rng.uniform(10, 28))), ("Date",), rng, 0.06)


def _add_stamp(page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary) -> list[Mark]:
    mask, labels = stamp(rng)
    return _anywhere(page, paper, mask, labels, rng, 0.15)


def _add_strike(page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary) -> list[Mark]:
    line = paper.text_line(rng)
    if line is None:
        return []
    box = overprint.strike(page, line, rng)
    paper.take(box)
    return [Mark(box, ("Strikethrough",))]


def _add_redaction(page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary) -> list[Mark]:
    line = paper.text_line(rng)
    if line is None:
        return []
    before = page.copy()
    box = overprint.redact(page, line, rng)
    if not paper.is_free(box):
        page[...] = before
        return []
    paper.take(box)
    return [Mark(box, ("Redaction",))]


def _add_checkboxes(page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary) -> list[Mark]:
    size, n = int(rng.integers(8, 18)), int(rng.integers(1, 5))
    across, step = bool(rng.random() < 0.5), int(rng.integers(size + 12, size + 70))
    width, height = (step * (n - 1) + size, size) if across else (size, step * (n - 1) + size)
    at = paper.place(width, height, rng, 0.01)
    if at is None:
        return []
    found = []
    for i in range(n):
        left, top = at[0] + step * i * across, at[1] + step * i * (not across)
        mark = Mark(boxes.draw_square(page, left, top, size, rng), ("Unfilled Checkbox",))
        found.append(_maybe_filled(page, mark, rng, 0.5))
        paper.take(mark.box)
    return found


MAKERS = (
    _add_signature, _add_initials, _add_handwriting, _add_date, _add_stamp, _add_strike, _add_redaction,
    _add_checkboxes,
)  # fmt: skip
CHANCES = (0.12, 0.12, 0.22, 0.14, 0.12, 0.13, 0.08, 0.07)


def _anywhere(
    page: Grey, paper: Paper, mask: Mask, labels: tuple[str, ...], rng: np.random.Generator, most_ink: float
) -> list[Mark]:
    at = paper.place(mask.shape[1], mask.shape[0], rng, most_ink)
    return [] if at is None else _put(page, paper, mask, *at, labels, rng)


def _put(
    page: Grey,
    paper: Paper,
    mask: Mask,
    left: int,
    top: int,
    labels: tuple[str, ...],
    rng: np.random.Generator,
) -> list[Mark]:
    wanted = (left, top, left + mask.shape[1], top + mask.shape[0])
    if not paper.is_free(wanted, 0):
        return []
    box = lay(page, mask, left, top, int(rng.integers(0, 110)))
    if box is None or box[2] - box[0] < 4 or box[3] - box[1] < 4:
        return []
    paper.take(box)
    return [Mark((float(box[0]), float(box[1]), float(box[2]), float(box[3])), labels)]
