"""A certificate: a border, large type, a printed seal, names and dates by hand, two signatures."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.furniture import seal
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.printed.typeset import Sheet, text_width
from docmarks.synth.texts import people, words

HEADS = ("Certificate of Completion", "Letter of Appointment", "Honorary Membership", "Notarial Certificate")


def certificate(rng: np.random.Generator, house: House) -> Layout:
    """A certificate, lying or standing."""
    wide = rng.random() < 0.6
    layout = house.layout((792.0, 612.0) if wide else (612.0, 792.0))
    sheet = layout.sheet
    width, height = sheet.size
    for inset in (22.0, 28.0, 36.0)[: int(rng.integers(1, 4))]:
        sheet.box(inset, inset, width - 2 * inset, height - 2 * inset, float(rng.uniform(0.6, 3)))
    y = height * 0.22
    centred(sheet, y, words.pick(rng, HEADS), words.pick(rng, ("Times-Bold", "Times-Italic", "Helvetica-Bold")), 30)
    centred(sheet, y + 44, "This is to certify that", "Times-Italic", 14)
    if rng.random() < 0.5:
        layout.blank(width / 2 - 150, y + 92, 300, "name", 30)
    else:
        centred(sheet, y + 88, people.name(rng), "Times-Bold", 22)
    centred(sheet, y + 124, words.phrase(rng, 7), "Times-Roman", 13)
    centred(sheet, y + 146, words.phrase(rng, 6), "Times-Roman", 13)
    end = centred(sheet, y + 180, "Given this day", "Times-Roman", 12)
    layout.blank(end + 6, y + 182, 110, "date", 20)
    foot = height - 110
    seal(layout, rng, width / 2, foot, float(rng.uniform(26, 44)))
    for x, who in ((width * 0.13, people.title(rng)), (width * 0.87 - 190, people.title(rng))):
        layout.blank(x, foot, 190, "signature", 40)
        sheet.text(x + 40, foot + 14, who, "Times-Roman", 11)
    return layout


def centred(sheet: Sheet, y: float, text: str, font: str, size: float) -> float:
    """A line in the middle of the sheet; returns x after it."""
    return sheet.text((sheet.size[0] - text_width(text, font, size)) / 2, y, text, font, size)
