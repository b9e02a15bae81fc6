"""A lease: numbered clauses or a table of contents, signature blocks, initials at the foot."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.furniture import footer
from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import people, words

TITLES = ("LEASE AGREEMENT", "SUPPLEMENTAL LEASE AGREEMENT", "LEASE AMENDMENT", "GENERAL CLAUSES")
BOLD = {"Times-Roman": "Times-Bold", "Helvetica": "Helvetica-Bold", "Courier": "Courier-Bold"}


def lease(rng: np.random.Generator, house: House) -> Layout:
    """A lease page, often in a frame as government forms are."""
    return _lease(rng, house, signing=rng.random() < 0.65)


def lease_to_sign(rng: np.random.Generator, house: House) -> Layout:
    """The page of a lease that is signed."""
    return _lease(rng, house, signing=True)


def lease_clauses(rng: np.random.Generator, house: House) -> Layout:
    """A page of clauses, mostly initialled at its foot."""
    return _lease(rng, house, signing=False)


def _lease(rng: np.random.Generator, house: House, signing: bool) -> Layout:
    layout = house.layout()
    font, size = house.font, min(house.size, 11.0)
    attached = not signing and rng.random() < 0.45
    framed = not attached and house.again("frame").random() < 0.5
    if framed:
        layout.sheet.box(44, 34, 524, 716, 1.2)
    y = _attached(layout, rng, house, size) if attached else _head(layout, rng, house, framed, BOLD[font], size)
    full = 505.0 if signing else 680.0
    limit = full if rng.random() < 0.6 else float(rng.uniform(180, full))
    if not signing and rng.random() < 0.25:
        _contents(layout, rng, y, limit, font, size)
    else:
        y = _clauses(layout, rng, y, limit, font, size)
    if signing:
        foot = max(y + 8, 490.0) if rng.random() < 0.7 else y + 8
        (_captioned if rng.random() < 0.5 else _labelled)(layout, rng, foot, framed, font, size)
    elif rng.random() < 0.7:
        _initials(layout, rng, font, size)
    footer(layout, rng)
    return layout


def _attached(layout: Layout, rng: np.random.Generator, house: House, size: float) -> float:
    """The line at the top of a sheet that is attached to a lease."""
    own = house.again("attached")
    where = words.pick(own, ("SHEET NUMBER {} ATTACHED TO AND FORMING A PART OF LEASE NO. {}", "Page {} of Lease {}"))
    number = f"GS-{own.integers(1, 20):02d}B-{own.integers(1000, 99999):05d}"
    layout.sheet.text(float(own.uniform(58, 150)), 56, where.format(rng.integers(1, 9), number), BOLD[house.font], size)
    return float(rng.uniform(84, 110))


def _head(layout: Layout, rng: np.random.Generator, house: House, framed: bool, bold: str, size: float) -> float:
    sheet, own = layout.sheet, house.again("lease")
    title = words.pick(own, TITLES)
    if not framed:
        sheet.text(180, 50, title, bold, 13)
        if rng.random() < 0.5:
            sheet.text(56, 76, "DATE OF LEASE:", bold, size)
            layout.blank(150, 78, 120, "date")
            sheet.text(330, 76, "LEASE NO.", bold, size)
            layout.blank(390, 78, 120, "text")
        return 104
    sheet.text(60, 50, "GENERAL SERVICES OFFICE", bold, 8)
    sheet.text(60, 62, title, bold, 8)
    layout.cell(280, 34, 140, 34, "SUPPLEMENTAL NO.", "text")
    layout.cell(420, 34, 148, 34, "DATE", "date")
    sheet.box(280, 68, 288, 16)
    sheet.text(286, 79, f"TO LEASE NO. GS-{own.integers(1, 20):02d}B-{own.integers(1000, 99999):05d}", bold, 8)
    sheet.line(44, 84, 568, 84)
    sheet.text(50, 96, f"ADDRESS OF PREMISES  {people.address(own)}, {words.pick(own, words.PLACES)}", bold, 8)
    sheet.line(44, 102, 568, 102)
    return 120


def _clauses(layout: Layout, rng: np.random.Generator, y: float, limit: float, font: str, size: float) -> float:
    sheet, left, number = layout.sheet, 58.0, int(rng.integers(1, 30))
    while y < limit:
        sheet.text(left, y, f"{number}.", BOLD[font], size)
        if rng.random() < 0.3:
            end = sheet.text(left + 24, y, words.phrase(rng, 3).upper(), BOLD[font], size)
            if rng.random() < 0.3:
                sheet.line(left + 24, y + 1.5, end, y + 1.5, 0.6)
            y += size * 1.3
        if rng.random() < 0.12:
            x = left + 24
            for option in ("is", "is not", "included"):
                x = layout.checkbox(x, y - size * 0.8, size * 0.9) + 4
                x = sheet.text(x, y, option, font, size) + 16
            y += size * 1.6
        if rng.random() < 0.06 and y + 70 < limit:
            y = _rates(layout, rng, left + 40, y, size)
        y = layout.paragraph(rng, left + 24, y, 470, font, size, int(rng.integers(1, 5))) + size * 0.8
        number += 1
    return y


def _rates(layout: Layout, rng: np.random.Generator, x: float, y: float, size: float) -> float:
    """A small table with rules."""
    rows, columns, wide = int(rng.integers(2, 5)), int(rng.integers(3, 6)), 80.0
    for _ in range(rows):
        for column in range(columns):
            layout.sheet.box(x + column * wide, y - size, wide, size * 1.5, 0.6)
            layout.sheet.text(x + column * wide + 4, y, f"${rng.uniform(1, 90000):,.2f}", "Times-Roman", size * 0.9)
        y += size * 1.5
    return y + size


def _contents(layout: Layout, rng: np.random.Generator, y: float, limit: float, font: str, size: float) -> None:
    section = int(rng.integers(1, 5))
    while y < limit:
        section += 1
        for item in range(int(rng.integers(3, 12))):
            text = f"{section}.{item:02d}   {words.phrase(rng, int(rng.integers(2, 6))).upper()} (JUN 2012)"
            end = layout.sheet.text(64, y, text, font if item else BOLD[font], size * 0.9)
            dots = "." * max(0, int((530 - end) / (size * 0.28)))
            layout.sheet.text(end + 4, y, dots if rng.random() < 0.7 else "", font, size * 0.9)
            layout.sheet.text(536, y, str(section * 4 + item), font, size * 0.9)
            y += size * 1.4
            if y >= limit:
                return
        y += size


def _labelled(layout: Layout, rng: np.random.Generator, y: float, framed: bool, font: str, size: float) -> None:
    """Two columns of By, Name, Title, Date, some of them typed in."""
    right = words.pick(rng, ("UNITED STATES OF AMERICA", "FOR THE GOVERNMENT:", "TENANT", "LESSEE"))
    sign = words.pick(rng, ("BY", "By:", "Signature:"))
    typed = rng.random() < 0.4
    for x, who in ((58.0, words.pick(rng, ("LESSOR", "FOR THE LESSOR:", "LANDLORD"))), (320.0, right)):
        row = y + 10
        layout.sheet.text(x, row, who, BOLD[font], size)
        for label, kind in ((sign, "signature"), ("Name:", "name"), ("Title:", "title"), ("Date:", "date")):
            row += 34 if kind == "signature" else 22
            end = layout.sheet.text(x, row, label, font, size)
            if typed and kind in ("name", "title"):
                text = people.name(rng) if kind == "name" else people.title(rng)
                layout.sheet.text(end + 8, row, text, words.pick(rng, ("Courier", font)), size)
                layout.sheet.line(end + 6, row + 2, x + 206, row + 2, 0.6)
            else:
                layout.blank(end + 6, row + 2, 200 - (end - x), kind, 26 if kind == "signature" else 15)


def _captioned(layout: Layout, rng: np.random.Generator, y: float, framed: bool, font: str, size: float) -> None:
    """Rows of two lines with captions under them, as on old government forms."""
    sheet = layout.sheet
    sheet.text(58, y, "IN WITNESS WHEREOF, the parties have subscribed their names as of the above date.", font, size)
    y += 8
    for who, right, kind in (
        ("LESSOR", "(Title)", "title"),
        ("IN PRESENCE OF", "(Address)", "address"),
        ("UNITED STATES OF AMERICA", "(Official title)", "title"),
    ):
        if framed:
            sheet.line(44, y, 568, y)
        sheet.text(58, y + 12, who, BOLD[font], size)
        end = sheet.text(58, y + 40, "BY", font, size) + 6
        layout.blank(end, y + 42, 220, "signature", 28)
        sheet.text(150, y + 52, "(Signature)", font, size * 0.8)
        layout.blank(330, y + 42, 210, kind, 17)
        sheet.text(400, y + 52, right, font, size * 0.8)
        y += 62


def _initials(layout: Layout, rng: np.random.Generator, font: str, size: float) -> None:
    """Two short lines for initials."""
    style, y = rng.random(), float(rng.uniform(700, 752))
    if style < 0.5:
        x = layout.sheet.text(float(rng.uniform(60, 330)), y, "INITIALS:", font, size) + 6
        for who in ("LESSOR", "GOV'T"):
            layout.blank(x, y + 2, 40, "initials", 18)
            layout.sheet.text(x + 4, y + 11, who, font, 7)
            x += 60
        layout.sheet.text(x - 70, y, "&", font, size)
        return
    x = float(rng.uniform(60, 300))
    for who in ("LESSOR", words.pick(rng, ("GOVERNMENT", "GOV'T"))):
        x = layout.sheet.text(x, y, who + (":" if style < 0.75 else ""), font, size) + 4
        layout.blank(x, y + 2, 46, "initials", 18)
        x += 62
