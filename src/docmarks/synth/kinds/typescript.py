"""Typewritten papers of scholars and archives: a manuscript page with notes, a bibliography, a title page."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import people, words

LOAN = (("Received by", "signature"), ("Date", "date"), ("Borrower's name", "name"), ("Address", "address"))


def typescript(rng: np.random.Generator, house: House) -> Layout:
    """A page of a manuscript, double-spaced, with room in its margins for corrections."""
    layout = house.layout()
    left, size = float(rng.uniform(72, 100)), house.size
    layout.sheet.text(500, 50, str(rng.integers(2, 320)), house.font, size)
    y, notes = 84.0, rng.random() < 0.4
    spacing = float(rng.choice([1.25, 1.9, 2.3], p=[0.25, 0.45, 0.3]))
    end = 610.0 if notes else 720.0
    while y < end - 60:
        layout.sheet.text(left + 28, y, words.phrase(rng, 5).capitalize(), house.font, size)
        y += size * spacing
        y = layout.paragraph(rng, left, y, 612 - left - 66, house.font, size, int(rng.integers(2, 6)), spacing=spacing)
    if notes:
        layout.sheet.line(left, 650, left + 140, 650, 0.6)
        y = 664.0
        for note in range(int(rng.integers(1, 4))):
            text = f"{note + 1}. {people.name(rng)}, {words.phrase(rng, 4).title()}, {rng.integers(1880, 1980)}, p. 12."
            layout.sheet.text(left, y, text, house.font, size * 0.9)
            y += size * 1.3
    return layout


def title_page(rng: np.random.Generator, house: House) -> Layout:
    """The first page of a paper, or the sheet with which an archive lends it."""
    layout = house.layout()
    sheet, size = layout.sheet, house.size
    own = house.again("title")
    y = float(rng.uniform(120, 200))
    for line in (words.phrase(own, 4).upper(), words.phrase(own, 3).upper(), "", "by", "", house.people[0]):
        sheet.text(306 - 0.3 * size * len(line), y, line, house.font, size)
        y += size * 1.6
    y = layout.paragraph(rng, 100, y + 60, 420, house.font, size, int(rng.integers(1, 4))) + 40
    for caption, kind in LOAN:
        if rng.random() < 0.75 and y < 700:
            end = sheet.text(100, y, caption, house.font, size) + 8
            layout.blank(end, y + 2, 500 - end, kind, 26 if kind == "signature" else 18)
            y += 36
    return layout
