"""Puts exactly the ordered marks on a page: into its fields first, then where there is room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.labels.counts import JOIN
from docmarks.marks import Box, Mark
from docmarks.synth.content import content
from docmarks.synth.handwriting.pen import Mask, lay
from docmarks.synth.ink import handwritten
from docmarks.synth.ink.library import InkSource
from docmarks.synth.inked import SMALLEST, shade
from docmarks.synth.marks import overprint
from docmarks.synth.marks.squares import Squares
from docmarks.synth.paper import Line, NoRoomError, Paper, around
from docmarks.synth.printed.lettering import lettering, typeface
from docmarks.synth.scan.legible import stands_out
from docmarks.synth.texts import people, words

Grey = NDArray[np.uint8]
Place = tuple[str, Box]
"""Kind of a field and its (left, top, right, bottom) in pixels."""

FIELDS = {
    "Signature": "signature", "Initials": "initials", "Date": "date", "Name": "name", "Title": "title",
    "Address": "address", "Other Text": "text",
}  # fmt: skip
"""Where a label is written, if the page has such a field."""

ROOM = {
    "Signature": (240.0, 60.0), "Initials": (60.0, 30.0), "Date": (150.0, 26.0), "Name": (190.0, 26.0),
    "Title": (190.0, 24.0), "Address": (230.0, 24.0), "Other Text": (210.0, 25.0),
}  # fmt: skip
"""How much room a label takes where no field tells, in pixels."""

EDGE = 16
"""Marks keep off the edge of the sheet by so many pixels: it will lie crooked on the scanner."""

LEFT_EMPTY = frozenset({"Empty", "Empty Signature Zone"})

STRUCK = ("Strikethrough", "Strikethrough4")


class Desk:
    """One page on which marks are put, in place."""

    def __init__(
        self, page: Grey, places: Sequence[Place], squares: Sequence[Mark], rng: np.random.Generator, ink: InkSource,
        manner: int,
    ) -> None:  # fmt: skip
        """``squares`` are printed and blank; ``manner`` is the seed of how this office blacks out."""
        self.page, self.rng, self.ink, self._manner = page, rng, ink, manner
        self.paper = Paper(page)
        self.places = list(places)
        self.squares = Squares(page, self.paper, squares, rng)
        self.marks: list[Mark] = []

    def fulfil(self, order: Sequence[str]) -> list[Mark]:
        """Puts all of it on the page and returns the marks, squares that nobody ordered among them.

        Raises:
            NoRoomError: It does not fit.
        """
        combinations = [frozenset(joined.split(JOIN)) for joined in order]
        self.marks.extend(self.squares.fulfil([c for c in combinations if _is_square(c)]))
        rest = [c for c in combinations if not _is_square(c)]
        for steps in (self._over_print, self._into_fields, self._anywhere, self._left_empty):
            rest = steps(rest)
        if rest:
            raise NoRoomError
        return self.marks

    def _over_print(self, order: list[frozenset[str]]) -> list[frozenset[str]]:
        """Redactions, struck words and corrections go where something is printed."""
        rest = []
        for labels in order:
            if labels == {"Redaction"}:
                done = self._retried(lambda labels=labels: self._redaction(labels))  # type: ignore[misc]
            elif len(labels) == 1 and labels <= set(STRUCK):
                done = self._retried(lambda labels=labels: self._struck_print(labels))  # type: ignore[misc]
            elif "Correction" in labels:
                done = self._retried(lambda labels=labels: self._correction(labels))  # type: ignore[misc]
            else:
                rest.append(labels)
                continue
            if not done:
                raise NoRoomError
        return rest

    def _into_fields(self, order: list[frozenset[str]]) -> list[frozenset[str]]:
        rest = []
        for labels in order:
            kind = next((kind for label, kind in FIELDS.items() if label in labels), "")
            found = [place for place in self.places if place[0] == kind and _is_large(place[1])]
            beside = "Stamp" in labels and self.rng.random() < 0.5
            if not found or beside or labels & LEFT_EMPTY:
                rest.append(labels)
                continue
            # People fill a form in from its top, and now and then skip a line.
            place = found[min(int(self.rng.geometric(0.75)) - 1, len(found) - 1)]
            self.places.remove(place)
            if not self._retried(lambda at=place, labels=labels: self._in_field(at, labels), 4):  # type: ignore[misc]
                rest.append(labels)
        return rest

    def _in_field(self, place: Place, labels: frozenset[str]) -> bool:
        left, top, right, bottom = place[1]
        mask = content(labels, (right - left, min(bottom - top, 34.0)), self.rng, self.ink)
        spare = max(1.0, right - left - mask.shape[1])
        x = left + spare * float(self.rng.beta(0.8, 2.5))
        y = bottom - mask.shape[0] * float(self.rng.uniform(0.8, 1.08))
        if "Signature" in labels and mask.shape[0] > bottom - top:
            y = (top + bottom) / 2 - mask.shape[0] * float(self.rng.uniform(0.4, 0.75))
        return self._lay(mask, (round(x), round(y)), labels)

    def _anywhere(self, order: list[frozenset[str]]) -> list[frozenset[str]]:
        rest = []
        notes = [labels for labels in order if labels == {"Other Text"}]
        others = [labels for labels in order if labels != {"Other Text"}]
        while len(notes) > 1 and (lines := self._note(len(notes))):
            notes = notes[lines:]
        for labels in [*others, *notes]:
            if labels & LEFT_EMPTY:
                rest.append(labels)
            elif not self._free(labels):
                raise NoRoomError
        return rest

    def _note(self, most: int) -> int:
        """A note of several lines, each a box of its own; how many, at most ``most``, or 0 for no room."""
        for _ in range(6):
            lines = handwritten.note(self.ink, self.rng)
            if not 1 < len(lines) <= most:
                continue
            width = max(left + mask.shape[1] for mask, left, _ in lines)
            height = max(top + mask.shape[0] for mask, _, top in lines)
            at = self._place(width, height, 0.02)
            if at is None:
                continue
            before, count = self.page.copy(), len(self.paper.taken)
            kept = len(self.marks)
            if all(
                self._lay(mask, (at[0] + left, at[1] + top), frozenset({"Other Text"})) for mask, left, top in lines
            ):
                return len(lines)
            self.page[...] = before
            del self.paper.taken[count:], self.marks[kept:]
        return 0

    def _free(self, labels: frozenset[str]) -> bool:
        """Anywhere: initials rather at the foot, all else rather on blank paper than on print."""
        name = next((label for label in ROOM if label in labels), "Other Text")
        width, height = ROOM[name]
        for size, limit in ((1.0, 0.005), (1.0, 0.02), (0.9, 0.05), (0.8, 0.1), (0.7, 0.2), (0.55, 0.3), (0.4, 0.5)):
            for _ in range(3):
                mask = content(labels, (width * size, height * size), self.rng, self.ink)
                at = self._place(mask.shape[1], mask.shape[0], limit, low="Initials" in labels and size == 1.0)
                if at is not None and self._lay(mask, at, labels):
                    return True
        return False

    def _place(self, width: int, height: int, limit: float, low: bool = False) -> tuple[int, int] | None:
        for _ in range(25):
            top = 0.88 * self.paper.height if low else float(EDGE)
            x = self.rng.uniform(EDGE, max(EDGE + 1, self.paper.width - width - EDGE))
            y = self.rng.uniform(min(top, self.paper.height - height - EDGE), self.paper.height - height - EDGE)
            at = int(x), int(y)
            box = (at[0], at[1], at[0] + width, at[1] + height)
            if self._on_sheet(box) and self.paper.share(box) <= limit and self.paper.is_free(box):
                return at
        return None

    def _lay(self, mask: Mask, at: tuple[int, int], labels: Collection[str]) -> bool:
        """Lays coverage on the page where it is free and can be seen; else leaves the page as it was."""
        left, top = at
        area = (left, top, left + mask.shape[1], top + mask.shape[0])
        if not self._on_sheet(area) or not self.paper.is_free(area, 1):
            return False

        def draw() -> Box | None:
            found = lay(self.page, mask, left, top, shade(self.rng))
            return None if found is None else tuple(float(v) for v in found)  # type: ignore[return-value]

        return self._drawn(draw, labels)

    def _drawn(self, draw: Callable[[], Box | None], labels: Collection[str]) -> bool:
        """Draws, strikes out what is ordered struck, and takes it all back where it cannot be seen or hits a mark."""
        before = self.page.copy()
        box = draw()
        if box is not None and len(labels) > 1 and set(labels) & set(STRUCK):
            box = overprint.strike(self.page, _whole(box), self.rng)
        if box is not None and box[2] - box[0] >= SMALLEST and box[3] - box[1] >= SMALLEST and self._on_sheet(box):
            mark = Mark(box, tuple(sorted(labels, key=_order)))
            if self.paper.is_free(box, 1) and stands_out(mark, before, self.page):
                self.paper.take(box)
                self.marks.append(mark)
                return True
        self.page[...] = before
        return False

    def _retried(self, attempt: Callable[[], bool], times: int = 25) -> bool:
        return any(attempt() for _ in range(times))

    def _on_sheet(self, box: Box) -> bool:
        return min(box[0], box[1]) >= EDGE / 2 and box[2] <= self.paper.width - EDGE / 2 and (
            box[3] <= self.paper.height - EDGE / 2
        )  # fmt: skip

    def _redaction(self, labels: frozenset[str]) -> bool:
        line = self._words(6) or self._bare_line()
        if line is None:
            return False
        self._manner += len(self.marks) % 2 if self.rng.random() < 0.1 else 0
        manner = np.random.default_rng(self._manner)
        done = self._drawn(lambda: overprint.redact(self.page, line, manner), labels)
        # A manner that cannot be seen (white on white) is not this office's.
        self._manner += not done
        return done

    def _struck_print(self, labels: frozenset[str]) -> bool:
        line = self._words(9) or self._print_line()
        return line is not None and self._drawn(lambda: overprint.strike(self.page, line, self.rng), labels)

    def _correction(self, labels: frozenset[str]) -> bool:
        """Characters written over print or above it."""
        line = self._words(2) or self._print_line()
        if line is None:
            return False
        height = (line[3] - line[1]) * float(self.rng.uniform(1.1, 1.8))
        is_number = self.rng.random() < 0.5
        item = handwritten.number(self.ink, self.rng) if is_number else self.ink.text(people.note(self.rng), self.rng)
        mask = handwritten.fitted(item, self.rng, 130, height)
        above = "Other Text" in labels or self.rng.random() < 0.5
        top = line[1] - mask.shape[0] - 1 if above else (line[1] + line[3] - mask.shape[0]) // 2
        return self._lay(mask, (line[0] + int(self.rng.integers(0, 8)), top), labels)

    def _words(self, most: int) -> Line | None:
        found = self.paper.words(self.rng)
        return around(found[: int(self.rng.integers(1, most + 1))]) if found else None

    def _bare_line(self) -> Line | None:
        """Room for a bar where nothing is printed: a name or a signature that was there is gone."""
        width, height = int(self.rng.integers(50, 220)), int(self.rng.integers(14, 40))
        at = self._place(width, height, 0.05)
        return None if at is None else (*at, at[0] + width, at[1] + height)

    def _print_line(self) -> Line | None:
        """Prints a few words where there is room."""
        mask = lettering(words.phrase(self.rng, int(self.rng.integers(1, 5))), typeface(self.rng), 14)
        at = self._place(mask.shape[1], mask.shape[0], 0.0)
        return None if at is None else lay(self.page, mask, at[0], at[1], 10)

    def _left_empty(self, order: list[frozenset[str]]) -> list[frozenset[str]]:
        """Fields in which nobody has written: one of the page's, or a line of our own with its caption."""
        for labels in order:
            kind = next((kind for label, kind in FIELDS.items() if label in labels), "signature")
            fields = [at for at in self.places if at[0] == kind and self._on_sheet(at[1])]
            free = [at for at in fields if self.paper.is_free(at[1], 1)]
            if free:
                self.places.remove(free[0])
                box: Box = free[0][1]
            else:
                found = self._rule_off(f"({kind.capitalize()})")
                if found is None:
                    raise NoRoomError
                box = found
            self.paper.take(box)
            self.marks.append(Mark(box, tuple(sorted(labels, key=_order))))
        return []

    def _rule_off(self, caption: str) -> Box | None:
        width, height = int(self.rng.integers(140, 260)), int(self.rng.integers(24, 40))
        for limit in (0.0, 0.002, 0.01, 0.03):
            at = self._place(width, height + 16, limit)
            if at is not None:
                left, top = at
                self.page[top + height : top + height + 2, left : left + width] = 20
                lay(self.page, lettering(caption, "Helvetica", 9), left + width // 3, top + height + 4, 10)
                return float(left), float(top), float(left + width), float(top + height)
        return None


def _order(label: str) -> tuple[int, str]:
    """How content, kept first, then what was done to it."""
    return (label in ("Stamp", "Printed", "Empty", *STRUCK), label)


def _is_square(labels: frozenset[str]) -> bool:
    return any(label.endswith("Checkbox") for label in labels)


def _is_large(box: Box) -> bool:
    return box[2] - box[0] >= 20 and box[3] - box[1] >= 8


def _whole(box: Box) -> Line:
    return int(box[0]), int(box[1]), int(np.ceil(box[2])), int(np.ceil(box[3]))
