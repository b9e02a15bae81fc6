"""Handwritten marks: signature, initials, a line of handwriting, a date."""

from __future__ import annotations

import numpy as np

from docmarks.synth import people
from docmarks.synth.ink import Ink, InkLibrary
from docmarks.synth.pen import Mask, Pen
from docmarks.synth.strokes import row

MONTHS = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


def signature(ink: InkLibrary, rng: np.random.Generator, height: float | None = None) -> Mask:
    """A signature, some 30 to 90 pixels high."""
    item = ink.signature(rng)
    wanted = height or float(rng.uniform(28, 75))
    # A long name is written no wider than a hand moves, a short one is not blown up.
    wanted = min(wanted, 330 / max(item.width, 0.5))
    stretch = float(np.clip(rng.uniform(120, 260) / max(item.width * wanted, 1), 0.8, 1.5))
    turn = float(rng.normal(0.03, 0.06))
    return Pen.random(rng, 1.1).write(item, wanted, float(rng.normal(0.05, 0.15)), stretch, turn)


def initials(ink: InkLibrary, rng: np.random.Generator, height: float | None = None) -> Mask:
    """Initials, some 15 to 40 pixels high."""
    wanted = height or float(rng.uniform(14, 38))
    item = ink.initials(rng)
    wanted = min(wanted, 90 / max(item.width, 0.4))
    return Pen.random(rng).write(item, wanted, float(rng.normal(0.1, 0.2)), float(rng.uniform(0.8, 1.3)))


def handwriting(ink: InkLibrary, rng: np.random.Generator, width: float, height: float) -> Mask:
    """One line of handwriting about so wide and high: words, an amount, or both."""
    ratio = max(0.5, width / max(height, 1))
    item = ink.line(ratio, rng) if rng.random() < 0.75 else ink.number(people.amount(rng), rng)
    fitted = min(height, 1.15 * width / max(item.width, 0.2))
    return Pen.random(rng).write(item, max(6.0, fitted), float(rng.normal(0.1, 0.15)))


def date(ink: InkLibrary, rng: np.random.Generator, height: float) -> Mask:
    """A date by hand: 3/14/98, 14-3-1998, or a month's word and digits."""
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(1950, 2026))
    short = f"{year % 100:02d}"
    style = rng.random()
    if style < 0.55:
        mark = str(rng.choice(["/", "/", "-", "."]))
        item = ink.number(mark.join((str(month), str(day), short if rng.random() < 0.7 else str(year))), rng)
    else:
        word = ink.word(rng)
        parts = [word, ink.number(f"{day}", rng), ink.number(short if rng.random() < 0.4 else str(year), rng)]
        item = row(parts, rng, (0.2, 0.5))
    item = Ink(item.strokes)
    fitted = min(height, 190 / max(item.width, 0.5))
    return Pen.random(rng).write(item, fitted, float(rng.normal(0.1, 0.15)))
