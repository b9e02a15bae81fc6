"""An internal memorandum: heads with lines, a short text, much room for notes in the margin."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.furniture import footer, letterhead
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import words


def memo(rng: np.random.Generator, house: House) -> Layout:
    """A memorandum page; at times a routing slip whose lines are filled in by hand."""
    layout = house.layout()
    sheet = layout.sheet
    font, size = house.font, max(house.size, 9.5)
    left = float(rng.uniform(56, 90))
    letterhead(layout, house.again("letterhead"))
    y, by_hand = 120.0, rng.random() < 0.35
    texts = {
        "TO": house.person,
        "FROM": house.person,
        "DATE": words.date,
        "SUBJECT": lambda r: words.phrase(r, 4).title(),
    }
    kinds = {"TO": "name", "FROM": "name", "DATE": "date", "SUBJECT": "text"}
    for head, make in texts.items():
        end = sheet.text(left, y, head + ":", "Helvetica-Bold", size) + 20
        if by_hand:
            layout.blank(end, y + 2, 260, kinds[head], 18)
        else:
            sheet.text(end, y, make(rng), font, size)
        y += size * 1.9
    sheet.line(left, y, 612 - left, y, 1.0)
    y += 24
    for _ in range(int(rng.integers(1, 4))):
        y = layout.paragraph(rng, left, y, 612 - 2 * left, font, size, int(rng.integers(1, 6))) + size
    if rng.random() < 0.5:
        layout.places.append(("initials", (left + float(rng.uniform(0, 250)), y, 60, 24)))
    # The rest of the page is written on by hand, line under line.
    while y < 660 and rng.random() < 0.6:
        y += float(rng.uniform(26, 40))
        layout.places.append(("text", (left, y, float(rng.uniform(180, 430)), 24)))
    footer(layout, rng)
    return layout
