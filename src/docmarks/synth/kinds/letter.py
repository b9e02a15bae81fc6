"""A business letter: letterhead, address, body, a signature over a typed name."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.furniture import footer, letterhead
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import people, words

CLOSINGS = ("Sincerely,", "Very truly yours,", "Yours faithfully,", "Cordially,", "With kind regards,", "Best regards,")


def letter(rng: np.random.Generator, house: House) -> Layout:
    """A letter page."""
    layout = house.layout()
    sheet = layout.sheet
    font, left, size = house.font, float(rng.uniform(60, 95)), max(house.size, 9.5)
    letterhead(layout, house.again("letterhead"))
    y = float(rng.uniform(115, 150))
    sheet.text(float(rng.choice([left, 380.0])), y, words.date(rng), font, size)
    y += float(rng.uniform(28, 44))
    for line in (house.people[0], words.pick(rng, words.FIRMS), "P.O. Box 1147", words.pick(rng, words.PLACES)):
        sheet.text(left, y, line, font, size)
        y += size * 1.25
    if rng.random() < 0.4:
        y += size
        end = sheet.text(left + 150, y, "Re:  " + words.phrase(rng, 4).title(), font, size)
        sheet.line(left + 172, y + 2, end, y + 2, 0.6)
    y += size * 2
    sheet.text(left, y, f"Dear {house.people[0]}:", font, size)
    y += size * 2.2
    for _ in range(int(rng.integers(1, 5))):
        y = layout.paragraph(rng, left, y, 612 - 2 * left, font, size, int(rng.integers(2, 6))) + size
        if y > 520:
            break
    _closing(layout, rng, house, left, y)
    footer(layout, rng)
    return layout


def letter_goes_on(rng: np.random.Generator, house: House) -> Layout:
    """The second page of a letter, or a later one."""
    layout = house.layout()
    sheet, font, size = layout.sheet, house.font, max(house.size, 9.5)
    left = float(rng.uniform(60, 95))
    sheet.text(left, 62, house.people[0], font, size)
    sheet.text(290, 62, f"- {rng.integers(2, 5)} -", font, size)
    sheet.text(430, 62, words.date(house.again("date")), font, size)
    y, end = 96.0, float(rng.choice([300.0, 480.0, 640.0]))
    while y < end:
        y = layout.paragraph(rng, left, y, 612 - 2 * left, font, size, int(rng.integers(2, 6))) + size
    if y < 560:
        _closing(layout, rng, house, left, y)
    footer(layout, rng)
    return layout


def _closing(layout: Layout, rng: np.random.Generator, house: House, left: float, y: float) -> None:
    sheet, font, size = layout.sheet, house.font, max(house.size, 9.5)
    x = float(rng.choice([left, 300.0]))
    room = float(rng.uniform(22, 46))
    sheet.text(x, y + size, words.pick(rng, CLOSINGS), font, size)
    layout.places.append(("signature", (x - 8, y + size + 2, float(rng.uniform(110, 230)), room)))
    y += 2 * size + room
    for line in (house.person(rng), people.title(rng))[: int(rng.integers(1, 3))]:
        sheet.text(x, y, line, font, size)
        y += size * 1.2
    if rng.random() < 0.5:
        sheet.text(left, y + 14, f"{people.initials(rng)}:{people.initials(rng).lower()}", font, size - 1)
        for row in range(int(rng.integers(1, 5))):
            sheet.text(left, y + 28 + row * size * 1.2, ("" if row else "cc: ") + people.name(rng), font, size - 1)
