"""A business letter: letterhead, address, body, a signature over a typed name."""

from __future__ import annotations

import numpy as np

from docmarks.synth import people, words
from docmarks.synth.furniture import footer, letterhead
from docmarks.synth.layout import Layout

CLOSINGS = ("Sincerely,", "Very truly yours,", "Yours faithfully,", "Cordially,", "With kind regards,", "Best regards,")


def letter(rng: np.random.Generator) -> Layout:
    """A letter page."""
    layout = Layout()
    sheet = layout.sheet
    font = words.pick(rng, ("Times-Roman", "Courier", "Helvetica", "Courier"))
    left, size = float(rng.uniform(60, 95)), float(rng.uniform(9.5, 12))
    letterhead(layout, rng)
    y = float(rng.uniform(115, 150))
    sheet.text(float(rng.choice([left, 380.0])), y, words.date(rng), font, size)
    y += float(rng.uniform(28, 44))
    for line in (people.name(rng), words.pick(rng, words.FIRMS), "P.O. Box 1147", words.pick(rng, words.PLACES)):
        sheet.text(left, y, line, font, size)
        y += size * 1.25
    if rng.random() < 0.4:
        y += size
        end = sheet.text(left + 150, y, "Re:  " + words.phrase(rng, 4).title(), font, size)
        sheet.line(left + 172, y + 2, end, y + 2, 0.6)
    y += size * 2
    sheet.text(left, y, f"Dear {people.name(rng)}:", font, size)
    y += size * 2.2
    for _ in range(int(rng.integers(1, 5))):
        y = layout.paragraph(rng, left, y, 612 - 2 * left, font, size, int(rng.integers(2, 6))) + size
        if y > 520:
            break
    _closing(layout, rng, left, y, font, size)
    footer(layout, rng)
    return layout


def _closing(layout: Layout, rng: np.random.Generator, left: float, y: float, font: str, size: float) -> None:
    sheet = layout.sheet
    x = float(rng.choice([left, 300.0]))
    room = float(rng.uniform(22, 46))
    sheet.text(x, y + size, words.pick(rng, CLOSINGS), font, size)
    layout.places.append(("signature", (x - 8, y + size + 2, float(rng.uniform(110, 230)), room)))
    y += 2 * size + room
    for line in (people.name(rng), people.title(rng))[: int(rng.integers(1, 3))]:
        sheet.text(x, y, line, font, size)
        y += size * 1.2
    if rng.random() < 0.5:
        sheet.text(left, y + 14, f"{people.initials(rng)}:{people.initials(rng).lower()}", font, size - 1)
        for row in range(int(rng.integers(1, 5))):
            sheet.text(left, y + 28 + row * size * 1.2, ("" if row else "cc: ") + people.name(rng), font, size - 1)
