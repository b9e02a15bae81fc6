"""An invoice: letterhead, table, sums, room for stamps."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.furniture import footer, letterhead
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import people, words


def invoice(rng: np.random.Generator, house: House) -> Layout:
    """An invoice page."""
    layout = house.layout()
    sheet, left = layout.sheet, 56.0
    font, size = house.font, min(house.size, 11.0)
    letterhead(layout, house.again("letterhead"))
    for row, text in enumerate((words.pick(rng, words.FIRMS), house.person(rng), words.pick(rng, words.PLACES))):
        sheet.text(left, 150 + row * 13, text, font, size)
    sheet.text(380, 150, f"Invoice {rng.integers(1000, 99999)}", font, size + 2)
    sheet.text(380, 166, words.date(rng), font, size)
    y = _table(layout, rng, float(rng.uniform(220, 300)), font, size)
    sheet.text(380, y + 14, f"Total   {rng.uniform(100, 99999):.2f}", "Helvetica-Bold", size + 1)
    if rng.random() < 0.5:
        sheet.text(left, y + 60, "Approved by", font, size)
        layout.blank(left + 70, y + 62, 160, "signature", 24)
        layout.blank(left + 250, y + 62, 90, "date", 15)
    elif rng.random() < 0.5:
        sheet.text(left, y + 44, "With kind regards", font, size)
        layout.places.append(("signature", (left, y + 48, 150, 28)))
        sheet.text(left, y + 84, people.name(rng), font, size)
    footer(layout, rng)
    return layout


def _table(layout: Layout, rng: np.random.Generator, y: float, font: str, size: float) -> float:
    sheet, look = layout.sheet, rng.random()
    columns, end = (60.0, 110.0, 390.0, 470.0), 556.0
    step = size * float(rng.uniform(1.35, 1.9))
    top = y - step * 0.75
    rows = min(int(rng.integers(4, 24)), int((600 - y) / step))
    for row in range(rows):
        if look < 0.35 and row % 2:
            sheet.box(columns[0] - 4, y - step * 0.75, end - columns[0] + 4, step, 0, fill=0.88)
        amount = f"{rng.uniform(1, 9000):.2f}"
        cells = (str(row + 1), words.phrase(rng, 3), f"{rng.uniform(1, 900):.2f}", amount)
        for x, cell in zip(columns, cells, strict=True):
            sheet.text(x, y, cell, "Helvetica-Bold" if not row else font, size)
        if look > 0.6 or not row:
            sheet.line(columns[0] - 4, y + step * 0.25, end, y + step * 0.25, 0.5)
        y += step
    if look > 0.75:
        for x in (*columns, end + 4):
            sheet.line(x - 4, top, x - 4, y - step * 0.75, 0.6)
        sheet.line(columns[0] - 4, top, end, top, 0.6)
    return y
