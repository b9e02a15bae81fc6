"""A page of a report: columns, lists, a chart; nobody is asked to write on it."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.furniture import choice, footer
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import words


def report(rng: np.random.Generator, house: House) -> Layout:
    """A page of running text."""
    layout = house.layout()
    sheet = layout.sheet
    font, size = house.font, house.size
    sheet.text(60, 60, words.phrase(rng, 5).title(), "Helvetica-Bold", float(rng.uniform(13, 20)))
    columns = 2 if font != "Courier" and rng.random() < 0.4 else 1
    width = (492 - 20 * (columns - 1)) / columns
    for column in range(columns):
        x, y = 60 + column * (width + 20), 92.0
        while y < 690:
            kind = rng.random()
            if kind < 0.12 and y < 560:
                y = chart(layout, rng, x, y, width)
            elif kind < 0.25:
                for _ in range(int(rng.integers(2, 6))):
                    choice(layout, rng, x + 8, y, words.phrase(rng, 3), size * 0.9)
                    y += size * 1.4
                y += size
            else:
                y = layout.paragraph(rng, x, y, width, font, size, int(rng.integers(1, 6))) + size * 0.9
    footer(layout, rng)
    return layout


def chart(layout: Layout, rng: np.random.Generator, x: float, y: float, width: float) -> float:
    """Bars, grey and black, or a curve over axes; returns y after it."""
    sheet, high = layout.sheet, float(rng.uniform(70, 130))
    sheet.line(x, y, x, y + high)
    sheet.line(x, y + high, x + width * 0.8, y + high)
    count = int(rng.integers(4, 12))
    step = width * 0.8 / count
    values = rng.uniform(0.1, 0.95, count) * high
    if rng.random() < 0.6:
        for i, value in enumerate(values):
            grey = float(rng.choice([0.0, 0.4, 0.75]))
            sheet.box(x + (i + 0.2) * step, y + high - value, step * 0.6, value, 0.5, fill=grey)
    else:
        sheet.path([(x + (i + 0.5) * step, y + high - float(value)) for i, value in enumerate(values)], 1.2)
    sheet.text(x + 20, y + high + 14, f"Figure {rng.integers(1, 30)}. {words.phrase(rng, 4)}", "Times-Italic", 8)
    return y + high + 30
