"""Printed pages of several kinds, with the places where people write."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from docmarks.synth import words
from docmarks.synth.typeset import Sheet, text_width

Rectangle = tuple[float, float, float, float]
"""x, y, width, height in points, y down."""


@dataclass
class Layout:
    """A printed page and its places.

    Attributes:
        sheet: The print.
        checkboxes: Printed squares.
        places: (kind, place): "signature", "initials", "date" or "text", with the room to write it in.
    """

    sheet: Sheet = field(default_factory=Sheet)
    checkboxes: list[Rectangle] = field(default_factory=list)
    places: list[tuple[str, Rectangle]] = field(default_factory=list)

    def checkbox(self, x: float, y: float, size: float, width: float = 0.7) -> float:
        """Prints a square with its upper left corner at (x, y); returns x after it."""
        self.sheet.box(x, y, size, size, width)
        self.checkboxes.append((x - width / 2, y - width / 2, size + width, size + width))
        return x + size

    def blank(self, x: float, y: float, width: float, kind: str, room: float = 16) -> None:
        """A line to write on, with its room above."""
        self.sheet.line(x, y, x + width, y, 0.6)
        self.places.append((kind, (x, y - room, width, room)))


def block(
    layout: Layout,
    rng: np.random.Generator,
    x: float,
    y: float,
    width: float,
    font: str,
    size: float,
    sentences: int,
) -> float:
    """Running text; returns y after it."""
    per_line = max(12, int(width / (text_width("abcdefghij", font, size) / 10)))
    for line in textwrap.wrap(words.paragraph(rng, sentences), per_line):
        layout.sheet.text(x, y, line, font, size)
        y += size * 1.25
    return y


def letter(rng: np.random.Generator) -> Layout:
    """A business letter: letterhead, address, body, a place to sign over a typed name."""
    layout = Layout()
    sheet = layout.sheet
    font = words.pick(rng, ("Times-Roman", "Courier", "Helvetica", "Courier"))
    left, size = float(rng.uniform(60, 95)), float(rng.uniform(9.5, 11.5))
    _letterhead(layout, rng)
    y = float(rng.uniform(120, 150))
    sheet.text(float(rng.choice([left, 380.0])), y, words.date(rng), font, size)
    y += 36
    for line in (
        words.pick(rng, words.NAMES),
        words.pick(rng, words.FIRMS),
        "P.O. Box 1147",
        words.pick(rng, words.PLACES),
    ):
        sheet.text(left, y, line, font, size)
        y += size * 1.25
    y += size * 2
    sheet.text(left, y, f"Dear {words.pick(rng, words.NAMES)}:", font, size)
    y += size * 2.2
    for _ in range(int(rng.integers(1, 4))):
        y = block(layout, rng, left, y, 612 - 2 * left, font, size, int(rng.integers(2, 6))) + size
    x = float(rng.choice([left, 330.0]))
    sheet.text(x, y + size, words.pick(rng, ("Sincerely,", "Very truly yours,", "Yours faithfully,")), font, size)
    layout.places.append(("signature", (x, y + size + 4, 170, 34)))
    sheet.text(x, y + size + 52, words.pick(rng, words.NAMES), font, size)
    if rng.random() < 0.4:
        sheet.text(left, min(y + 95, 750), "cc: " + words.pick(rng, words.NAMES), font, size - 1)
    return layout


def lease(rng: np.random.Generator) -> Layout:
    """A lease page: numbered clauses, then signature blocks or initials at the foot."""
    layout = Layout()
    sheet = layout.sheet
    font = words.pick(rng, ("Times-Roman", "Helvetica", "Courier"))
    bold = {"Times-Roman": "Times-Bold", "Helvetica": "Helvetica-Bold", "Courier": "Courier-Bold"}[font]
    size, left, y = float(rng.uniform(8.5, 10.5)), 56.0, 50.0
    sheet.text(
        160,
        y,
        words.pick(rng, ("LEASE AGREEMENT", "SUPPLEMENTAL LEASE AGREEMENT", "GENERAL CLAUSES")),
        bold,
        13,
    )
    if rng.random() < 0.5:
        sheet.text(left, y + 24, "DATE OF LEASE:", bold, size)
        layout.blank(left + 95, y + 26, 120, "date")
        sheet.text(330, y + 24, "LEASE NO.", bold, size)
        layout.blank(390, y + 26, 120, "text")
    y += 48
    signing = rng.random() < 0.6
    limit = 520.0 if signing else 690.0
    number = int(rng.integers(1, 30))
    while y < limit:
        sheet.text(left, y, f"{number}.", bold, size)
        if rng.random() < 0.3:
            sheet.text(left + 24, y, words.phrase(rng, 3).upper(), bold, size)
            y += size * 1.3
        if rng.random() < 0.15:
            x = left + 24
            for option in ("is", "is not", "included"):
                x = layout.checkbox(x, y - size * 0.8, size * 0.9) + 4
                x = sheet.text(x, y, option, font, size) + 16
            y += size * 1.6
        y = block(layout, rng, left + 24, y, 480, font, size, int(rng.integers(1, 5))) + size * 0.8
        number += 1
    if signing:
        for x, who in ((left, "LESSOR"), (320.0, "UNITED STATES OF AMERICA")):
            row = y + 12
            sheet.text(x, row, who, bold, size)
            for name, kind in (("BY", "signature"), ("Name", "text"), ("Title", "text"), ("Date", "date")):
                row += 34 if kind == "signature" else 24
                end = sheet.text(x, row, name, font, size)
                layout.blank(end + 6, row + 2, 200 - (end - x), kind, 24 if kind == "signature" else 15)
    if rng.random() < 0.6:
        x = sheet.text(400, 750, "INITIALS:", font, size) + 6
        for who in ("LESSOR", "GOV'T"):
            layout.blank(x, 752, 34, "initials", 18)
            sheet.text(x + 2, 760, who, font, 6)
            x += 52
    return layout


def form(rng: np.random.Generator) -> Layout:
    """A form: sections with labelled fields, rows of checkboxes, a signature at the end."""
    layout = Layout()
    sheet = layout.sheet
    left, y, size = 40.0, 48.0, float(rng.uniform(7, 9.5))
    sheet.text(left, y, "Form " + str(rng.integers(100, 9999)), "Helvetica-Bold", 16)
    sheet.text(220, y, words.phrase(rng, 4).title(), "Helvetica-Bold", 12)
    y += 22
    framed, box = rng.random() < 0.5, float(rng.uniform(6.5, 11))
    while y < 660:
        if rng.random() < 0.5:
            dark = rng.random() < 0.6  # a dark bar with light print, which is no redaction
            sheet.box(left, y - 10, 532, 14, 0, fill=0.0 if dark else 0.85)
            title = f"Part {rng.integers(1, 9)}  " + words.phrase(rng, 4)
            sheet.text(left + 4, y, title, "Helvetica-Bold", 9, 1.0 if dark else 0.0)
            y += 20
        kind = rng.random()
        if kind < 0.45:
            columns = int(rng.integers(1, 5))
            width = 532 / columns
            for column in range(columns):
                x = left + column * width
                if framed:
                    sheet.box(x, y - 9, width, 28)
                    sheet.text(x + 3, y - 1, words.phrase(rng, 2).capitalize(), "Helvetica", size * 0.8)
                    layout.places.append(("text", (x + 4, y + 2, width - 8, 15)))
                else:
                    end = sheet.text(x, y + 12, words.phrase(rng, 2).capitalize(), "Helvetica", size)
                    if width - (end - x) > 40:
                        layout.blank(end + 4, y + 14, width - (end - x) - 12, "text", 14)
            y += 32
        elif kind < 0.8:
            sheet.text(left, y, words.phrase(rng, int(rng.integers(4, 10))).capitalize() + "?", "Helvetica", size)
            y += size * 1.7
            for _ in range(int(rng.integers(1, 5))):
                x = left + 16
                for _ in range(int(rng.integers(1, 4))):
                    x = layout.checkbox(x, y - box * 0.85, box) + 4
                    x = (
                        sheet.text(x, y, words.phrase(rng, int(rng.integers(1, 4))).capitalize(), "Helvetica", size)
                        + 22
                    )
                    if x > 470:
                        break
                y += max(box, size) * 1.6
            y += 6
        else:
            y = block(layout, rng, left, y, 520, "Helvetica", size * 0.9, int(rng.integers(1, 4))) + 8
    sheet.text(left, 722, "Signature", "Helvetica-Bold", size)
    layout.blank(left + 55, 724, 230, "signature", 24)
    sheet.text(360, 722, "Date", "Helvetica-Bold", size)
    layout.blank(390, 724, 120, "date", 15)
    return layout


def invoice(rng: np.random.Generator) -> Layout:
    """An invoice: letterhead, table, sums, room for stamps."""
    layout = Layout()
    sheet = layout.sheet
    font, size, left = (
        words.pick(rng, ("Helvetica", "Courier", "Times-Roman")),
        float(rng.uniform(8, 10)),
        56.0,
    )
    _letterhead(layout, rng)
    for row, text in enumerate(
        (words.pick(rng, words.FIRMS), words.pick(rng, words.NAMES), words.pick(rng, words.PLACES))
    ):
        sheet.text(left, 150 + row * 13, text, font, size)
    sheet.text(380, 150, f"Invoice {rng.integers(1000, 99999)}", font, size + 2)
    sheet.text(380, 166, words.date(rng), font, size)
    y, rows = 230.0, int(rng.integers(4, 16))
    columns = (left, left + 60, 380.0, 460.0, 540.0)
    shaded = rng.random() < 0.5
    for row in range(rows):
        if shaded and row % 2:
            sheet.box(left - 4, y - 10, 504, 14, 0, fill=0.88)
        cells = (
            str(row + 1),
            words.phrase(rng, 3),
            f"{rng.uniform(1, 900):.2f}",
            f"{rng.uniform(1, 9000):.2f}",
        )
        for x, cell in zip(columns, cells, strict=False):
            sheet.text(x, y, cell, font, size)
        if not shaded:
            sheet.line(left - 4, y + 4, 560, y + 4, 0.4, 0.5)
        y += 15
    sheet.text(380, y + 14, f"Total   {rng.uniform(100, 99999):.2f}", "Helvetica-Bold", size + 1)
    if rng.random() < 0.5:
        sheet.text(left, y + 60, "Approved by", font, size)
        layout.blank(left + 70, y + 62, 160, "signature", 24)
        layout.blank(left + 250, y + 62, 90, "date", 15)
    return layout


def slip(rng: np.random.Generator) -> Layout:
    """A cheque or receipt on a page of its own: date, payee, amount, signature, all by hand."""
    layout = Layout(Sheet((612.0, float(rng.uniform(270, 320)))))
    sheet = layout.sheet
    sheet.box(8, 8, 596, sheet.size[1] - 16, 0.8)
    sheet.text(24, 40, words.pick(rng, words.FIRMS), "Helvetica-Bold", 13)
    sheet.text(24, 56, words.pick(rng, words.PLACES), "Helvetica", 8)
    sheet.text(410, 46, "Date", "Helvetica", 9)
    layout.blank(440, 48, 140, "date", 22)
    sheet.text(24, 102, "Pay to the order of", "Helvetica", 9)
    layout.blank(118, 104, 330, "text", 24)
    sheet.box(466, 84, 122, 26)
    layout.places.append(("text", (472, 86, 110, 22)))
    layout.blank(24, 142, 470, "text", 24)
    sheet.text(500, 142, "Dollars", "Helvetica", 9)
    sheet.text(24, 202, "For", "Helvetica", 9)
    layout.blank(46, 204, 180, "text", 20)
    layout.blank(370, 204, 210, "signature", 40)
    sheet.text(420, 214, "Authorized signature", "Helvetica", 6)
    sheet.text(
        60,
        sheet.size[1] - 22,
        f":{rng.integers(10**8, 10**9)}: {rng.integers(10**9, 10**10)}",
        "Courier-Bold",
        13,
    )
    return layout


KINDS: dict[str, Callable[[np.random.Generator], Layout]] = {
    "letter": letter,
    "lease": lease,
    "form": form,
    "invoice": invoice,
    "slip": slip,
}


def _letterhead(layout: Layout, rng: np.random.Generator) -> None:
    sheet = layout.sheet
    kind = rng.random()
    if kind < 0.35:  # a dark header with light print, which is no redaction
        sheet.box(
            0 if rng.random() < 0.5 else 56,
            30,
            612 if rng.random() < 0.5 else 500,
            36,
            0,
            fill=float(rng.uniform(0, 0.25)),
        )
        sheet.text(80, 54, words.pick(rng, words.FIRMS).upper(), "Helvetica-Bold", 16, 1.0)
        return
    x = float(rng.choice([60.0, 200.0, 380.0]))
    if kind < 0.7:  # a logo
        angles = np.linspace(0, 2 * np.pi, int(rng.choice([4, 5, 7, 25])))
        size = float(rng.uniform(12, 24))
        sheet.path(
            [(x - 26 + size * float(np.cos(a)), 52 + size * float(np.sin(a))) for a in angles],
            float(rng.uniform(1, 5)),
        )
    style = words.pick(rng, ("Times-Italic", "Times-Bold", "Helvetica-Bold", "Helvetica-Oblique"))
    sheet.text(x, 58, words.pick(rng, words.FIRMS), style, float(rng.uniform(13, 24)))
    sheet.text(x, 72, words.pick(rng, words.PLACES), "Helvetica", 7)
    if rng.random() < 0.4:
        sheet.line(56, 84, 556, 84, float(rng.uniform(0.5, 2)))
