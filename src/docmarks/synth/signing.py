"""Signatures, dates and initials where the words beside them say what they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Mark
from docmarks.synth.handwriting.pen import Mask, lay
from docmarks.synth.ink import handwritten
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.inked import SMALLEST, inked, shade
from docmarks.synth.paper import Paper
from docmarks.synth.printed.imprints import caption, sign_off, typed_name

Grey = NDArray[np.uint8]

PARAPHS_OVER_NAME = 0.35
"""Of the signatures over a printed name, those of a letter or two, which the name alone tells from initials."""

PARAPHS_SIGNED_OFF = 0.6
"""Of the signatures behind what their signers did, those of a letter or two."""

ON_LINES = {"Signature": 0.35, "Date": 0.3, "Initials": 0.08, "Other Text": 0.27}
"""What people write on lines with a caption, and how often."""


@dataclass(frozen=True)
class _Line:
    """A line to write on, in pixels.

    Attributes:
        label: What is written there.
        written: That.
        words: The caption.
        under: Whether it stands under the line, or before it.
        start: Where the line begins.
        spare: How much longer it is than what is written there.
        down: How far down the block what is written begins.
        base: How far below that the line is.
    """

    label: str
    written: Mask
    words: Mask
    under: bool
    start: int
    spare: int
    down: int
    base: int

    @property
    def height(self) -> int:
        """Of all of it."""
        return max(self.written.shape[0], self.base + (self.words.shape[0] + 3 if self.under else 3))

    @property
    def long(self) -> int:
        """How long the line is."""
        return self.spare + max(self.written.shape[1] + 8, self.words.shape[1] * self.under)

    @property
    def width(self) -> int:
        """Of all of it."""
        return self.start + self.long


class Signer:
    """Signs on one page, in place, where nothing is yet."""

    def __init__(self, page: Grey, paper: Paper, rng: np.random.Generator, ink: InkLibrary) -> None:
        """``paper`` knows what is on the page."""
        self.page, self.paper, self.rng, self.ink = page, paper, rng, ink

    def over_name(self) -> list[Mark]:
        """A signature and who signs, printed under it."""
        rng = self.rng
        short = rng.random() < PARAPHS_OVER_NAME
        signature = (handwritten.paraph if short else handwritten.signature)(self.ink, rng)
        name = typed_name(rng, self.ink.case)
        (high, wide), (under, long) = signature.shape, name.shape
        top = max(0, int(high * rng.uniform(0.65, 1.15)))
        left = int(rng.uniform(-0.25, 0.5) * max(wide, long) * (wide < long or rng.random() < 0.5))
        at = self.paper.place(max(wide, left + long) - min(0, left), max(high, top + under), rng, 0.02)
        if at is None:
            return []
        start = at[0] - min(0, left)
        lay(self.page, name, start + left, at[1] + top, int(rng.integers(0, 70)))
        self.paper.take((start + left, at[1] + top, start + left + long, at[1] + top + under))
        marks = inked(self.page, signature, (start, at[1]), ("Signature",), shade(rng))
        for mark in marks:
            self.paper.take(mark.box)
        return marks

    def signed_off(self) -> list[Mark]:
        """One to four who prepared, checked, approved: the word of each in print, signatures behind, in a column."""
        rng, rows, height = self.rng, [], 0
        for _ in range(int(rng.integers(1, 5))):
            signature = handwritten.paraph(self.ink, rng)
            if rng.random() >= PARAPHS_SIGNED_OFF or signature.shape[1] < 4 * SMALLEST:  # nobody signs with an I
                signature = handwritten.signature(self.ink, rng)
            word = sign_off(rng, self.ink.case)
            rows.append((word, signature, height))
            height += max(len(word), len(signature)) + int(rng.uniform(1, 14))
        behind = max(word.shape[1] for word, _, _ in rows) + int(rng.uniform(3, 20))
        width = behind + max(signature.shape[1] for _, signature, _ in rows)
        at = self.paper.place(width, height, rng, 0.02)
        if at is None:
            return []
        printed, marks = int(rng.integers(0, 70)), []
        for word, signature, down in rows:
            lay(self.page, word, at[0], at[1] + down + max(0, len(signature) - len(word)) // 2, printed)
            marks += inked(self.page, signature, (at[0] + behind, at[1] + down), ("Signature",), shade(rng))
        self.paper.take((*at, at[0] + width, at[1] + height))
        return marks

    def on_lines(self) -> list[Mark]:
        """One to three lines to write on, each with its caption under it or before it: what people call their names."""
        rng, lines, height = self.rng, [], 0
        for kind in rng.choice(len(ON_LINES), int(rng.integers(1, 4)), p=[*ON_LINES.values()]):
            line = self._line([*ON_LINES][kind], height)
            lines.append(line)
            height += line.height + int(rng.integers(3, 22))
        width = max(line.width for line in lines)
        at = self.paper.place(width, height, rng, 0.02)
        if at is None:
            return []
        printed, thick, marks = int(rng.integers(0, 70)), int(rng.integers(1, 3)), []
        for line in lines:
            left, base = at[0] + line.start, at[1] + line.down + line.base
            end = left + line.long
            self.page[base : base + thick, left:end] = np.minimum(self.page[base : base + thick, left:end], printed)
            across, below = (left, base + 3) if line.under else (at[0], base - line.words.shape[0])
            lay(self.page, line.words, across, below, printed)
            place = (left + int(rng.uniform(0, 0.6) * line.spare) + 3, at[1] + line.down)
            marks += inked(self.page, line.written, place, (line.label,), shade(rng))
        self.paper.take((*at, at[0] + width, at[1] + height))
        return marks

    def _line(self, label: str, down: int) -> _Line:
        rng, written = self.rng, self._for_a_line(label)
        words = caption(rng, self.ink.case, label)
        under = rng.random() < 0.6
        start = 0 if under else words.shape[1] + int(rng.integers(2, 9))
        spare = int(rng.integers(0, 70))
        base = written.shape[0] - int(rng.uniform(-0.05, 0.25) * written.shape[0])
        return _Line(label, written, words, under, start, spare, down, base)

    def _for_a_line(self, label: str) -> Mask:
        rng, high = self.rng, float(np.clip(24 * np.exp(self.rng.normal(0, 0.25)), 13, 42))
        if label == "Signature":
            paraph = rng.random() < 0.3
            return (handwritten.paraph if paraph else handwritten.signature)(self.ink, rng)
        if label == "Date":
            return handwritten.date(self.ink, rng, high)
        if label == "Initials":
            return handwritten.initials(self.ink, rng, high)
        return handwritten.handwriting(self.ink, rng, float(rng.uniform(50, 260)), high)

    def dated(self, signature: Mask) -> list[Mark]:
        """A signature and its date, by one pen: under its end or right of it, at times into its strokes."""
        rng, (high, wide) = self.rng, signature.shape
        date = handwritten.date(self.ink, rng, float(np.clip(high * rng.uniform(0.3, 0.6), 11, 40)))
        if rng.random() < 0.6:
            at = int(wide * rng.uniform(0.0, 0.7)), int(high - date.shape[0] * rng.uniform(-0.2, 0.5))
        else:
            lower = max(0, high - date.shape[0]) * rng.uniform(0.3, 1.1)
            at = max(0, int(wide - date.shape[1] * rng.uniform(-0.1, 0.15))), int(lower)
        width, height = max(wide, at[0] + date.shape[1]), max(high, at[1] + date.shape[0])
        place = self.paper.place(width, height, rng, float(rng.choice((0.04, 0.12))))
        if place is None:
            return []
        self.paper.take((*place, place[0] + width, place[1] + height))
        grey, beside = shade(rng), (place[0] + at[0], place[1] + at[1])
        return [
            *inked(self.page, signature, place, ("Signature",), grey),
            *inked(self.page, date, beside, ("Date",), grey),
        ]
