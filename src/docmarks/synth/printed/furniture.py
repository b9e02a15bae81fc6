"""What else is printed on pages and is no mark: letterheads, logos, seals, page numbers, bars, circles, combs."""

from __future__ import annotations

import numpy as np

from docmarks.synth.printed.house import House
from docmarks.synth.printed.layout import Layout
from docmarks.synth.texts import words


def letterhead(layout: Layout, rng: np.random.Generator) -> None:
    """A dark bar, a logo, or a firm's name, over an address."""
    sheet = layout.sheet
    kind = rng.random()
    if kind < 0.3:  # a dark bar with light print, which is no redaction
        left, wide = (0, 612) if rng.random() < 0.5 else (56, 500)
        sheet.box(left, 30, wide, 36, 0, fill=float(rng.uniform(0, 0.3)))
        sheet.text(80, 54, words.pick(rng, words.FIRMS).upper(), "Helvetica-Bold", 16, 1.0)
        return
    x = float(rng.choice([70.0, 200.0, 360.0]))
    if kind < 0.5:
        angles = np.linspace(0, 2 * np.pi, int(rng.choice([4, 5, 7, 25])))
        size = float(rng.uniform(12, 24))
        corners = [(x - 28 + size * float(np.cos(a)), 52 + size * float(np.sin(a))) for a in angles]
        sheet.path(corners, float(rng.uniform(1, 5)))
    elif kind < 0.65:
        seal(layout, rng, x - 30, 54, float(rng.uniform(16, 26)))
    elif kind < 0.75:  # squares in a logo, which are no checkboxes
        side = float(rng.uniform(10, 18))
        for i in range(int(rng.integers(1, 4))):
            sheet.box(x - 44 + i * side * 0.6, 40 + i * side * 0.5, side, side, 1.5, fill=0.0 if i % 2 else None)
    style = words.pick(rng, ("Times-Italic", "Times-Bold", "Helvetica-Bold", "Helvetica-Oblique", "Times-Roman"))
    sheet.text(x, 58, words.pick(rng, words.FIRMS), style, float(rng.uniform(13, 24)))
    sheet.text(x, 72, words.pick(rng, words.PLACES), "Helvetica", 7)
    if rng.random() < 0.4:
        sheet.line(56, 84, 556, 84, float(rng.uniform(0.5, 2)))


def seal(layout: Layout, rng: np.random.Generator, x: float, y: float, radius: float) -> None:
    """A printed seal: rings, rays and a letter."""
    sheet = layout.sheet
    sheet.circle(x, y, radius, 1.2)
    sheet.circle(x, y, radius * 0.72, 0.6, fill=None if rng.random() < 0.6 else 0.8)
    for a in np.linspace(0, 2 * np.pi, int(rng.integers(12, 40)), endpoint=False):
        c, s = float(np.cos(a)), float(np.sin(a))
        sheet.line(x + radius * 0.78 * c, y + radius * 0.78 * s, x + radius * 0.95 * c, y + radius * 0.95 * s, 0.8)
    letter = words.pick(rng, ("A", "M", "S", "N"))
    sheet.text(x - radius * 0.3, y + radius * 0.3, letter, "Times-Bold", radius * 0.9)


def footer(layout: Layout, rng: np.random.Generator) -> None:
    """A page number, a number of the archive, a bar code, or nothing."""
    sheet, bottom = layout.sheet, layout.sheet.size[1]
    if rng.random() < 0.4:
        text = words.pick(rng, ("Page {} of {}", "- {} -", "{}", "PAGE {}", "GSA FORM 276 JUL {}")).format(
            rng.integers(1, 9), rng.integers(9, 40)
        )
        sheet.text(float(rng.choice([60.0, 290.0, 480.0])), bottom - 26, text, "Helvetica", 8)
    if rng.random() < 0.3:
        number = str(rng.integers(10**7, 10**9))
        font = words.pick(rng, ("Helvetica-Bold", "Courier-Bold"))
        if rng.random() < 0.6:
            sheet.text(590, float(rng.uniform(500, 740)), number, font, 11, turn=float(rng.choice([90.0, -90.0])))
        else:
            sheet.text(470, bottom - 14, number, font, 11)
    if rng.random() < 0.12:
        barcode(layout, rng, float(rng.choice([40.0, 430.0])), bottom - 50)


def barcode(layout: Layout, rng: np.random.Generator, x: float, y: float) -> None:
    """Bars, or a square of modules."""
    if rng.random() < 0.6:
        for _ in range(int(rng.integers(25, 50))):
            wide = float(rng.choice([0.8, 1.6, 2.4]))
            layout.sheet.box(x, y, wide, 26, 0, fill=0.0)
            x += wide + float(rng.choice([0.8, 1.6]))
        return
    modules = rng.random((17, 17)) < 0.5
    for row, column in np.argwhere(modules):
        layout.sheet.box(x + 2.2 * column, y - 6 + 2.2 * row, 2.2, 2.2, 0, fill=0.0)


def comb(layout: Layout, x: float, y: float, cells: int, size: float = 13) -> float:
    """A row of squares for one character each, which are no checkboxes; returns x after it."""
    layout.sheet.box(x, y, cells * size, size)
    for i in range(1, cells):
        layout.sheet.line(x + i * size, y + size * (0.5 if size > 12 else 0.0), x + i * size, y + size, 0.5)
    layout.places.append(("text", (x + 1, y + 1, cells * size - 2, size - 2)))
    return x + cells * size


def choice(layout: Layout, rng: np.random.Generator, x: float, y: float, text: str, size: float) -> float:
    """An option with a round button or a bullet, which are no checkboxes; returns x after it."""
    filled = 0.0 if rng.random() < 0.25 else None
    layout.sheet.circle(x + size / 2, y - size * 0.35, size * 0.42, 0.7, fill=filled)
    return layout.sheet.text(x + size + 4, y, text, "Helvetica", size)


def fax_line(layout: Layout, house: House, rng: np.random.Generator) -> None:
    """What a fax machine prints over the top of every page it sends."""
    own = house.again("fax")
    number = f"{own.integers(200, 999)} {own.integers(200, 999)} {own.integers(1000, 9999)}"
    sender, minute = words.pick(own, words.FIRMS).upper()[:22], own.integers(10, 59)
    day = f"{own.integers(1, 12):02d}/{own.integers(1, 28):02d}/{own.integers(1988, 2012)}"
    text = words.pick(own, ("{day}  {hour}:{minute}   {number}   {sender}   PAGE {page:02d}",
                            "FROM : {sender}   PHONE NO. : {number}   {day} {hour}:{minute}AM  P{page}"))  # fmt: skip
    shown = text.format(
        day=day, hour=own.integers(7, 12), minute=minute, number=number, sender=sender, page=rng.integers(1, 12)
    )
    layout.sheet.text(float(own.uniform(20, 60)), 14, shown, "Courier-Bold", 8)
