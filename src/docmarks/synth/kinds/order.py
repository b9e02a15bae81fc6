"""Broadcast advertising: orders and contracts as grids of days and rates, and the form for political ones."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import people, words

LEFT, RIGHT = 30.0, 582.0
DAYS = ("M", "Tu", "W", "Th", "F", "Sa", "Su")
HEADS = ("Line", "Start/End", "Time", "Days", "Len", "Spots", "Rate", "Total")
COLUMNS = (30.0, 58.0, 138.0, 226.0, 360.0, 398.0, 446.0, 512.0)


def order(rng: np.random.Generator, house: House) -> Layout:
    """An order, contract or invoice of a station: dense rows of small print between rules."""
    layout = house.layout()
    sheet, size = layout.sheet, float(rng.uniform(6.2, 7.8))
    own = house.again("station")
    call = "".join(str(c) for c in own.choice(list("ABCDFGHKLMNPRSTVWXYZ"), 3))
    sheet.text(LEFT, 44, f"{own.choice(['K', 'W'])}{call}-TV", "Helvetica-Bold", 22)
    sheet.text(LEFT, 58, words.pick(own, words.PLACES), "Helvetica", 7)
    title = words.pick(own, ("ORDER", "CONTRACT", "INVOICE", "Contract / Revision", "BROADCAST ORDER"))
    sheet.text(400, 44, title, "Helvetica-Bold", 15)
    y = _heads(layout, rng, house, 74.0, size)
    y = _rows(layout, rng, y, size)
    sheet.text(390, y + 12, "Totals", "Helvetica-Bold", size + 1)
    sheet.text(446, y + 12, f"{rng.integers(5, 400)}", "Helvetica-Bold", size + 1)
    sheet.text(512, y + 12, f"${rng.uniform(500, 99999):,.2f}", "Helvetica-Bold", size + 1)
    y = max(y + 30, 600)
    y = layout.paragraph(rng, LEFT, y, 540, "Helvetica", 6, 3) + 24
    for x, who in ((LEFT, "Station Acceptance"), (320.0, "Agency / Advertiser")):
        sheet.text(x, y, who, "Helvetica", 7)
        layout.blank(x + 76, y + 2, 110, "signature", 26)
        layout.blank(x + 194, y + 2, 60, "date", 16)
    sheet.text(LEFT, 776, f"{words.date(own)}   Page {rng.integers(1, 6)} of {rng.integers(6, 9)}", "Helvetica", 6)
    return layout


def _heads(layout: Layout, rng: np.random.Generator, house: House, y: float, size: float) -> float:
    """Two framed blocks of captions and typed values."""
    own, sheet = house.again("parties"), layout.sheet
    captions = ("Advertiser", "Product", "Estimate #", "Agency", "Contract Dates", "Billing Cycle", "Acct Exec", "Demo")
    values = (
        words.pick(own, ("Citizens for Better Roads", "Committee to Elect " + people.name(own), "Harbor Foods")),
        words.phrase(own, 2).title(), str(own.integers(100, 9999)), words.pick(own, words.FIRMS),
        f"{words.date(own)}", words.pick(own, ("EOM/EOC", "Calendar")), house.people[0], "Adults 35+",
    )  # fmt: skip
    for i, (caption, value) in enumerate(zip(captions, values, strict=True)):
        x, top = LEFT + (i % 2) * 276, y + (i // 2) * 22
        sheet.box(x, top, 276, 22, 0.5)
        sheet.text(x + 3, top + 7, caption, "Helvetica-Bold", 5.5)
        if rng.random() < 0.75:
            sheet.text(x + 60, top + 15, value[:44], "Helvetica", size + 1)
        else:
            layout.places.append(("text", (x + 60, top + 3, 200, 18)))
    return y + 100


def _rows(layout: Layout, rng: np.random.Generator, y: float, size: float) -> float:
    sheet, step = layout.sheet, size * float(rng.uniform(1.5, 2.0))
    sheet.box(LEFT, y - step * 0.8, RIGHT - LEFT, step, 0, fill=0.82)
    for x, head in zip(COLUMNS, HEADS, strict=True):
        sheet.text(x + 2, y, head, "Helvetica-Bold", size)
    ruled = rng.random() < 0.5
    for row in range(min(int(rng.integers(6, 34)), int((580 - y) / step))):
        y += step
        days = "".join(day if rng.random() < 0.6 else "-" for day in DAYS)
        start = int(rng.integers(5, 11))
        cells = (
            str(row + 1), f"{rng.integers(1, 13)}/{rng.integers(1, 29)}-{rng.integers(1, 13)}/{rng.integers(1, 29)}/12",
            f"{start}a-{start + 1}a" if rng.random() < 0.5 else f"{start}p-{start}:30p", days,
            str(rng.choice([":30", ":15", ":60"])), str(rng.integers(1, 9)), f"${rng.uniform(25, 2500):.2f}",
            f"${rng.uniform(100, 20000):,.2f}",
        )  # fmt: skip
        for x, cell in zip(COLUMNS, cells, strict=True):
            sheet.text(x + 2, y, cell, "Helvetica", size)
        if ruled:
            sheet.line(LEFT, y + step * 0.2, RIGHT, y + step * 0.2, 0.3, 0.5)
    return y


def political(rng: np.random.Generator, house: House) -> Layout:
    """The agreement form for political advertising: long captions, yes and no, two parties who sign."""
    layout = house.layout()
    sheet, own = layout.sheet, house.again("political")
    size = float(rng.uniform(8, 9.5))
    sheet.text(120, 50, "AGREEMENT FORM FOR NON-CANDIDATE/ISSUE ADVERTISEMENTS", "Times-Bold", 11)
    layout.cell(LEFT, 62, 276, 28, "Station and Location:", "text", 8)
    layout.cell(LEFT + 276, 62, 276, 28, "Date:", "date", 8)
    y = 108.0
    sheet.text(LEFT, y, "I,", "Times-Roman", size)
    layout.blank(LEFT + 14, y + 2, 420, "name", 18)
    y += 16
    for _ in range(int(rng.integers(2, 4))):
        y = layout.paragraph(rng, LEFT, y, 540, "Times-Roman", size, 2) + 6
        if rng.random() < 0.8:
            sheet.box(LEFT, y - 4, 552, 30, 0.6)
            kind = "text" if rng.random() < 0.6 else "address"
            layout.places.append((kind, (LEFT + 6, y - 2, 540, 26)))
            y += 40
    for question in range(int(rng.integers(2, 5))):
        text = words.phrase(own, 8).capitalize() + ("?" if question % 2 else ".")
        sheet.text(LEFT, y, text, "Times-Roman", size)
        for x, answer in ((430.0, "Yes"), (490.0, "No")):
            end = layout.checkbox(x, y - size * 0.9, size)
            sheet.text(end + 4, y, answer, "Times-Roman", size)
        y += size * 2.1
    y = _schedule(layout, y, size)
    sheet.box(LEFT, y, 552, 16, 0, fill=0.1)
    sheet.text(LEFT + 6, y + 11, "TO BE SIGNED BY THE ISSUE ADVERTISER AND THE STATION", "Helvetica-Bold", 8, 1.0)
    y += 24
    for row in range(2):
        for x, caption, kind, wide in (
            (LEFT, "Signature", "signature", 230.0),
            (260.0, "Printed Name", "name", 190.0),
            (450.0, "Title", "title", 132.0),
        ):
            layout.cell(x, y + row * 40, wide, 40, caption, kind, 6.5)
    sheet.text(LEFT, 776, "NAB Form PB-18 Issues", "Times-Roman", 7)
    return layout


def _schedule(layout: Layout, y: float, size: float) -> float:
    heads = ("Length", "Time of Day", "Days", "Class", "Times per Week", "Number of Weeks")
    for i, head in enumerate(heads):
        for row in range(2):
            layout.sheet.box(LEFT + i * 92, y + row * 24, 92, 24, 0.6)
        layout.sheet.text(LEFT + i * 92 + 4, y + 14, head, "Times-Roman", size * 0.9)
        layout.places.append(("text", (LEFT + i * 92 + 4, y + 27, 84, 19)))
    return y + 62
