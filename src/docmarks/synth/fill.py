"""Fills blank forms in by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.data.empty_square import FILLED
from docmarks.marks import Mark
from docmarks.synth.decorate import Decorator
from docmarks.synth.handwriting.pen import Mask, lay
from docmarks.synth.ink import handwritten
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.inked import put, shade
from docmarks.synth.marks import boxes
from docmarks.synth.paper import Paper
from docmarks.synth.printed.lettering import Typeface, lettering, typeface
from docmarks.synth.printed.shading import shade_rows
from docmarks.synth.texts import people, words

Grey = NDArray[np.uint8]
Room = tuple[float, float, float, float]
"""x, y, width, height in pixels."""

Written = tuple[Mask, tuple[str, ...]]

SIGNED = ("signature", "initials")

SHADED = 0.15
"""Of the forms, those that get grey bands under rows of their checkboxes."""


def fill_form(
    page: Grey,
    fields: Sequence[Mapping[str, Any]],
    checkboxes: Sequence[Mark],
    rng: np.random.Generator,
    ink: InkLibrary,
    extras: float = 0.5,
) -> tuple[Grey, list[Mark]]:
    """Fills a blank form in by hand.

    Args:
        page: ``[H, W]``; not changed.
        fields: Places to write on: ``kind`` ("text", "signature", "date", "initials", "name", "title", "address") and
            ``bbox`` (x, y, w, h).
        checkboxes: Marks of its printed squares; some become Filled Checkbox. Their boxes are moved onto the squares.
        rng: Everything random comes from it.
        ink: What to write with.
        extras: How often one or two more marks come to the form, anywhere.

    Returns:
        The filled page and all marks on it.
    """
    page = page.copy()
    paper = Paper(page)
    marks = _checkboxes(page, checkboxes, rng)
    for mark in marks:
        paper.take(mark.box)
    written, typed = float(rng.choice([0.1, 0.4, 0.85])), float(rng.choice([0.0, 0.0, 0.4, 0.9]))
    face = typeface(rng)
    for field in fields:
        place = _place(field, page.shape)
        signed = field.get("kind") in SIGNED
        # Whoever brings a form to paper at all signs it, whether or not its fields are filled in.
        if place is None or rng.random() >= (max(written, 0.75) if signed else written):
            continue
        if not signed and rng.random() < typed:
            type_in(page, str(field.get("kind")), place, face, rng)
        else:
            marks.extend(_write(page, paper, str(field.get("kind")), place, rng, ink))
    if rng.random() < extras:
        marks.extend(Decorator(page, paper, rng, ink).add(int(rng.integers(1, 3))))
    return page, marks


def _checkboxes(page: Grey, checkboxes: Sequence[Mark], rng: np.random.Generator) -> list[Mark]:
    """Fills some of the empty squares; the others keep what their annotation says, which pixels alone cannot tell."""
    share, marks = float(rng.choice([0.0, 0.25, 0.6])), []
    squares = {mark: boxes.outlined(page, mark.box) for mark in checkboxes}
    # Before a grey band runs through them: its edge in a square is no ink.
    blank = {mark: boxes.is_blank(page, box) for mark, box in squares.items()}
    if rng.random() < SHADED:
        shade_rows(page, [mark.box for mark in checkboxes], rng)
    for mark in checkboxes:
        if not {"Filled Checkbox", "Unfilled Checkbox"} & set(mark.labels):
            marks.append(mark)
            continue
        box = squares[mark]
        if blank[mark] and rng.random() < share:
            boxes.fill(page, box, rng)
            marks.append(Mark(box, (FILLED,), ignore=mark.ignore))
        else:
            shows_nothing = blank[mark] and FILLED in mark.labels
            marks.append(Mark(box, mark.labels, ignore=mark.ignore or shows_nothing))
    return marks


def _place(field: Mapping[str, Any], shape: tuple[int, ...]) -> Room | None:
    """The field on the page, unless it is too small or partly off it."""
    x, y, w, h = (float(v) for v in field["bbox"])
    on_page = x >= 0 and y >= 0 and x + w <= shape[1] and y + h <= shape[0]
    return (x, y, w, h) if on_page and w >= 14 and h >= 6 else None


def _write(page: Grey, paper: Paper, kind: str, place: Room, rng: np.random.Generator, ink: InkLibrary) -> list[Mark]:
    x, y, w, h = place
    mask, labels = _content(kind, w, h, rng, ink)
    spare = max(1.0, w - mask.shape[1])
    left = x + spare * float(rng.beta(0.8, 2.5))
    top = y + h - mask.shape[0] * float(rng.uniform(0.8, 1.08))
    if kind == "signature" and mask.shape[0] > h:
        top = y + h / 2 - mask.shape[0] * float(rng.uniform(0.4, 0.75))
    return put(page, paper, mask, (round(left), round(top)), labels, shade(rng))


def _content(kind: str, w: float, h: float, rng: np.random.Generator, ink: InkLibrary) -> Written:
    """What is written into a field so wide and high, and its labels."""
    high = min(h, 28.0) * float(rng.uniform(0.65, 1.15))
    if kind == "signature":
        return handwritten.signature(ink, rng, float(rng.uniform(0.45, 1.1)) * min(w, 330.0)), ("Signature",)
    if kind == "initials":
        return handwritten.initials(ink, rng, h * float(rng.uniform(0.9, 1.8))), ("Initials",)
    if kind == "date" or (kind == "text" and 50 < w < 220 and rng.random() < 0.3):
        return handwritten.date(ink, rng, min(h, 34.0) * float(rng.uniform(0.7, 1.15))), ("Date",)
    if kind == "text" and w > 90 and rng.random() < 0.25:
        kind = str(rng.choice(["name", "address"]))
    if kind in PEOPLE:
        make, label = PEOPLE[kind]
        return handwritten.fitted(ink.text(make(rng), rng), rng, w, high), (label,)
    if w < 45:
        digits = str(rng.integers(0, 10 ** max(1, min(4, round(w / 12)))))
        return handwritten.fitted(ink.number(digits, rng), rng, w, high), ("Other Text",)
    return handwritten.handwriting(ink, rng, w * float(rng.uniform(0.3, 0.95)), high), ("Other Text",)


PEOPLE = {"name": (people.name, "Name"), "title": (people.title, "Title"), "address": (people.address, "Address")}


TYPED: dict[str, tuple[Callable[[np.random.Generator], str], ...]] = {
    "name": (people.name,),
    "title": (people.title,),
    "address": (people.address,),
    "date": (words.date,),
    "text": (people.name, people.amount, people.address, people.note, people.title),
}
"""What machines write into a field, by its kind."""


def type_in(page: Grey, kind: str, place: Room, face: Typeface, rng: np.random.Generator) -> None:
    """Print in a field, which is no mark."""
    x, y, w, h = place
    makers = TYPED.get(kind, TYPED["text"])
    text = makers[int(rng.integers(len(makers)))](rng)
    mask = lettering(text, face, float(np.clip(h * 0.75, 7, 15)))[:, : max(1, int(w) - 3)]
    lay(page, mask, round(x) + 2, round(y + (h - mask.shape[0]) / 2), int(rng.integers(0, 60)))
