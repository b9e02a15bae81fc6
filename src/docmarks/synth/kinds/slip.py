"""A cheque or receipt on a page of its own: date, payee, amount, signature, all by hand."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import words


def slip(rng: np.random.Generator, house: House) -> Layout:
    """A slip; many carry a pattern against copying."""
    layout = house.layout((612.0, float(rng.uniform(265, 320))))
    sheet = layout.sheet
    if rng.random() < 0.4:
        sheet.box(0, 0, 612, sheet.size[1], 0, fill=float(rng.uniform(0.8, 0.95)))
        for x in range(-300, 612, int(rng.integers(7, 16))):
            sheet.line(x, 0, x + sheet.size[1], sheet.size[1], 0.4, float(rng.uniform(0.65, 0.85)))
    if rng.random() < 0.7:
        sheet.box(8, 8, 596, sheet.size[1] - 16, 0.8)
    sheet.text(24, 40, words.pick(rng, words.FIRMS), "Helvetica-Bold", 13)
    sheet.text(24, 56, words.pick(rng, words.PLACES), "Helvetica", 8)
    sheet.text(410, 46, "Date", "Helvetica", 9)
    layout.blank(440, 48, 140, "date", 24)
    sheet.text(24, 102, words.pick(rng, ("Pay to the order of", "PAY", "Received from")), "Helvetica", 9)
    layout.blank(118, 104, 330, "name", 30)
    sheet.box(466, 84, 122, 26)
    layout.places.append(("text", (472, 84, 110, 26)))
    layout.blank(24, 142, 470, "text", 30)
    sheet.text(500, 142, "Dollars", "Helvetica", 9)
    sheet.text(24, 202, "For", "Helvetica", 9)
    layout.blank(46, 204, 180, "text", 24)
    layout.blank(370, 204, 210, "signature", 44)
    sheet.text(420, 214, "Authorized signature", "Helvetica", 6)
    number = f":{rng.integers(10**8, 10**9)}: {rng.integers(10**9, 10**10)}"
    sheet.text(60, sheet.size[1] - 22, number, "Courier-Bold", 13)
    return layout
