"""A form: sections with labelled fields, rows and tables of checkboxes, a signature at the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from docmarks.synth.printed.furniture import barcode, choice, comb
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import words

LEFT, WIDE = 40.0, 532.0

FOOT = 700.0
"""No row stands lower: whoever signs does so under it."""


def form(rng: np.random.Generator, house: House) -> Layout:
    """A form page."""
    layout = house.layout()
    sheet = layout.sheet
    size, box = float(rng.uniform(7, 9.5)), float(rng.choice([rng.uniform(6.5, 9.5), rng.uniform(9, 16)], p=[0.8, 0.2]))
    stretch = min(float(rng.choice([1, rng.uniform(0.9, 1.4), rng.uniform(1.5, 2.6)], p=[0.7, 0.2, 0.1])), 30 / box)
    line, fill = float(rng.choice([0.5, 0.7, 1.2])), (None if rng.random() < 0.85 else float(rng.uniform(0.8, 1.0)))
    square = Square(box, line, stretch, fill)
    sheet.text(LEFT, 48, "Form " + str(rng.integers(100, 9999)), "Helvetica-Bold", 16)
    sheet.text(220, 48, words.phrase(rng, 4).title(), "Helvetica-Bold", 12)
    if rng.random() < 0.2:
        barcode(layout, rng, 480, 30)
    y, framed = 72.0, rng.random() < 0.5
    while y < 650:
        if rng.random() < 0.4:
            y = _bar(layout, rng, y)
        kind = rng.random()
        if kind < 0.33:
            y = _fields(layout, rng, y, size, framed)
        elif kind < 0.55:
            y = _options(layout, rng, y, size, square)
        elif kind < 0.66:
            y = _yes_no(layout, rng, y, size, square)
        elif kind < 0.76:
            y = _grid(layout, rng, y, size, square)
        elif kind < 0.84:
            y = _amounts(layout, rng, y, size)
        elif kind < 0.9:
            x = sheet.text(LEFT, y, words.phrase(rng, 3).capitalize(), "Helvetica", size) + 10
            comb(layout, x, y - 9, int(rng.integers(4, 15)), float(rng.uniform(10, 15)))
            y += 22
        else:
            y = layout.paragraph(rng, LEFT, y, 520, "Helvetica", size * 0.9, int(rng.integers(1, 4))) + 8
    sheet.text(LEFT, 722, "Signature", "Helvetica-Bold", size)
    layout.blank(LEFT + 55, 724, 230, "signature", 24)
    sheet.text(360, 722, "Date", "Helvetica-Bold", size)
    layout.blank(390, 724, 120, "date", 15)
    return layout


def _bar(layout: Layout, rng: np.random.Generator, y: float) -> float:
    dark = rng.random() < 0.6  # a dark bar with light print, which is no redaction
    wide = WIDE if rng.random() < 0.7 else float(rng.uniform(30, 120))
    layout.sheet.box(LEFT, y - 10, wide, 14, 0, fill=0.0 if dark else 0.85)
    text = f"Part {rng.integers(1, 9)}" + ("  " + words.phrase(rng, 4) if wide > 200 else "")
    layout.sheet.text(LEFT + 4, y, text, "Helvetica-Bold", 9, 1.0 if dark else 0.0)
    return y + 20


def _fields(layout: Layout, rng: np.random.Generator, y: float, size: float, framed: bool) -> float:
    columns = int(rng.integers(1, 5))
    width = WIDE / columns
    for column in range(columns):
        x = LEFT + column * width
        caption, kind = FIELDS[int(rng.integers(len(FIELDS)))]
        caption = caption or words.phrase(rng, 2).capitalize()
        if framed:
            layout.cell(x, y - 9, width, 30, caption, kind, size * 0.8)
        else:
            end = layout.sheet.text(x, y + 12, caption, "Helvetica", size)
            if width - (end - x) > 40:
                layout.blank(end + 4, y + 14, width - (end - x) - 12, kind, 15)
    return y + 32


FIELDS = (
    ("", "text"), ("", "text"), ("", "text"), ("Name", "name"), ("Your first name and initial", "name"),
    ("Title", "title"), ("Address", "address"), ("City, State", "address"), ("Date", "date"),
)  # fmt: skip


@dataclass(frozen=True)
class Square:
    """How a form prints its checkboxes: so high, with such a line, so many times as wide as high, on such a grey."""

    high: float
    line: float
    stretch: float
    fill: float | None

    def at(self, layout: Layout, x: float, y: float) -> float:
        """Prints one with its upper left corner at (x, y); returns x after it."""
        return layout.checkbox(x, y, self.high, self.line, self.fill, self.stretch)


def _options(layout: Layout, rng: np.random.Generator, y: float, size: float, square: Square) -> float:
    sheet = layout.sheet
    sheet.text(LEFT, y, words.phrase(rng, int(rng.integers(4, 10))).capitalize() + "?", "Helvetica", size)
    y += max(square.high, size) * 1.7
    buttons = rng.random() < 0.12  # round ones, which are no checkboxes
    for _ in range(int(rng.integers(1, 5))):
        if y > FOOT:
            break
        x = LEFT + 16
        for _ in range(int(rng.integers(1, 5))):
            text = words.phrase(rng, int(rng.integers(1, 4))).capitalize()
            if buttons:
                x = choice(layout, rng, x, y, text, size) + 22
            else:
                x = square.at(layout, x, y - square.high * 0.85) + 4
                x = sheet.text(x, y, text, "Helvetica", size) + 22
            if x > 450:
                break
        y += max(square.high, size) * 1.6
    return y + 6


def _yes_no(layout: Layout, rng: np.random.Generator, y: float, size: float, square: Square) -> float:
    """A table of questions with columns of checkboxes before or after them."""
    sheet = layout.sheet
    heads = words.pick(rng, ("Yes|No", "Yes|No|Unsure", "1|2|3|4", "Agree|Disagree")).split("|")
    ruled, after = rng.random() < 0.5, rng.random() < 0.5
    start = 572 - 42 * len(heads) if after else LEFT
    for i, head in enumerate(heads):
        sheet.text(start + i * 42 + 8, y, head, "Helvetica-Bold", size)
    step = max(square.high, size) * float(rng.uniform(1.5, 2.2))
    y += step
    for _ in range(int(rng.integers(3, 9))):
        if y > FOOT:
            break
        text = words.phrase(rng, int(rng.integers(4, 9))).capitalize()
        sheet.text(LEFT if after else LEFT + 42 * len(heads) + 8, y, text, "Helvetica", size)
        for i in range(len(heads)):
            square.at(layout, start + i * 42 + 8, y - square.high * 0.85)
        if ruled:
            sheet.line(LEFT, y + step * 0.3, 572, y + step * 0.3, 0.5, 0.4)
        y += step
    return y + 6


def _grid(layout: Layout, rng: np.random.Generator, y: float, size: float, square: Square) -> float:
    """A table whose rows are hardly higher than the checkboxes in them, which stand between its rules."""
    sheet, top = layout.sheet, y - 9
    height = max(size, square.high + 2 * square.line) + float(rng.uniform(0.2, 4))
    answers = words.pick(rng, ANSWERS).split("|")
    start, gap = LEFT + float(rng.uniform(150, 230)), float(rng.uniform(1.5, 8))
    wide, rule = (LEFT + WIDE - start) / len(answers), float(rng.choice([0.4, 0.7, 1.0]))
    shaded, grey = float(rng.choice([0, 0, rng.uniform(0.2, 0.8)])), float(rng.uniform(0.6, 0.9))
    rows = min(int(rng.integers(2, 8)), int((FOOT - top) / height))
    for upper in (top + row * height for row in range(rows)):
        if rng.random() < shaded:
            sheet.box(LEFT, upper, WIDE, height, 0, fill=grey)
        sheet.box(LEFT, upper, WIDE, height, rule)
        foot = upper + height / 2 + size * 0.35
        sheet.text(LEFT + 3, foot, words.phrase(rng, 3).capitalize(), "Helvetica", size)
        for i, answer in enumerate(answers):
            x = square.at(layout, start + i * wide + gap, upper + (height - square.high) / 2)
            sheet.text(x + gap, foot, answer, "Helvetica", size)
    for i in range(len(answers) if rng.random() < 0.6 else 0):
        sheet.line(start + i * wide, top, start + i * wide, top + rows * height, rule)
    return top + rows * height + 18


ANSWERS = ("Increasing|Stable|Declining", "Yes|No", "Good|Average|Fair|Poor", "Owner|Tenant|Vacant", "New|Used|None")


def _amounts(layout: Layout, rng: np.random.Generator, y: float, size: float) -> float:
    """Numbered lines with dots up to cells for amounts."""
    sheet, number = layout.sheet, int(rng.integers(1, 40))
    for i in range(int(rng.integers(3, 8))):
        if y > FOOT:
            break
        end = sheet.text(
            LEFT, y, f"{number + i}   {words.phrase(rng, int(rng.integers(3, 8))).capitalize()}", size=size
        )
        sheet.text(end + 4, y, " ." * max(0, int((430 - end) / (size * 0.56))), size=size)
        sheet.box(440, y - 10, 24, 14, 0.5)
        sheet.text(445, y, str(number + i), "Helvetica-Bold", size)
        sheet.box(464, y - 10, 108, 14, 0.5)
        layout.places.append(("text", (468, y - 9, 100, 12)))
        y += 14
    return y + 8
