"""Rubber stamps: round, boxed, dates, names, numbers and forms to fill in, worn and crooked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from docmarks.synth import people
from docmarks.synth.lettering import lettering, typeface
from docmarks.synth.pen import Mask

WORDS = (
    "RECEIVED", "PAID", "COPY", "CONFIDENTIAL", "APPROVED", "FILED", "ENTERED", "VOID", "ORIGINAL", "FAXED", "POSTED",
    "CANCELLED", "CERTIFIED", "DRAFT", "URGENT", "EINGEGANGEN", "Bezahlt", "RECU", "CLOSED", "SENT", "CHECKED",
    "ACCEPTED", "Einschreiben", "Erledigt", "CONFIRMED", "Received", "Empfang", "FRANKO", "Sachlich richtig",
)  # fmt: skip
OFFICES = (
    "OFFICE OF THE CLERK", "ACCOUNTS DEPARTMENT", "MAIL ROOM", "LEGAL DIVISION", "SECRETARY", "NOTARY PUBLIC",
    "REGISTRY", "ADVERTISING DEPT.", "Service des Achats", "Buchhaltung", "RESEARCH CENTER", "CITY OF DAYTON",
)  # fmt: skip
ROWS = ("Datum", "Konto", "Approved by", "Check No.", "Amount", "Account", "Name", "Projekt", "Dept.", "Verified")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

Made = tuple[Image.Image, tuple[str, ...]]


def stamp(rng: np.random.Generator) -> tuple[Mask, tuple[str, ...]]:
    """Coverage of a stamp, 50 to 300 pixels wide, and its labels (Date or Name beside Stamp)."""
    maker = MAKERS[int(rng.choice(len(MAKERS), p=CHANCES))]
    image, labels = maker(rng)
    spread = float(rng.choice([2.0, 5.0, 18.0], p=[0.55, 0.3, 0.15]))
    turn, wear = float(rng.normal(0, spread)), float(rng.choice([0.1, 0.5, 1.0]))
    if maker in BARE and abs(turn) < 2:
        # Nothing but its wear tells such a stamp from print.
        wear, image = 1.0, image.filter(ImageFilter.MaxFilter(3))
    turned = image.rotate(turn + 90 * (rng.random() < 0.03), Image.Resampling.BICUBIC, expand=True)
    return _worn(turned, wear, rng), labels


def plain_stamp(rng: np.random.Generator) -> Mask:
    """Coverage of a stamp that is neither a bare date nor a bare name."""
    while True:
        mask, labels = stamp(rng)
        if labels == ("Stamp",):
            return mask


def date_stamp(rng: np.random.Generator) -> str:
    """A date as stamps show it."""
    return _date(rng)


def worn(mask: Mask, rng: np.random.Generator) -> Mask:
    """Anything as a rubber stamp would print it."""
    return _worn(Image.fromarray(mask), 0.5, rng)


def text_stamp(lines: Sequence[str], rng: np.random.Generator, size: float = 16, framed: bool = True) -> Mask:
    """Coverage of a stamp with lines of your own, a little crooked and worn."""
    image = _lines(lines, rng, size, 10)
    turned = (_framed(image, rng) if framed else image).rotate(
        float(rng.normal(0, 4)), Image.Resampling.BICUBIC, expand=True
    )
    return _worn(turned, 0.5, rng)


def _date(rng: np.random.Generator) -> str:
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(12)), int(rng.integers(1960, 2026))
    styles = (
        f"{MONTHS[month]} {day} {year}",
        f"{day:02d} {MONTHS[month]} {year}",
        f"{MONTHS[month]} {day:02d} '{year % 100:02d}",
        f"{day:02d}. {MONTHS[month].capitalize()}. {year}",
        f"{month + 1:02d} {day:02d} {year % 100:02d}",
        f"{year % 100} {MONTHS[month]} {day} PM {rng.integers(1, 12)}: {rng.integers(10, 60)}",
    )
    return str(rng.choice(styles))


def _lines(lines: Sequence[str], rng: np.random.Generator, size: float, margin: int = 1) -> Image.Image:
    """Lines one under the other, each in the middle."""
    font, step = typeface(rng), float(rng.uniform(1.05, 1.4))
    masks = [lettering(line, font, size * float(rng.uniform(0.8, 1.15) if i else 1.0)) for i, line in enumerate(lines)]
    width = max(mask.shape[1] for mask in masks) + 2 * margin
    tops = np.cumsum([margin, *(mask.shape[0] + round((step - 0.7) * size) for mask in masks)])
    image = Image.new("L", (width, int(tops[len(masks) - 1]) + masks[-1].shape[0] + margin))
    for mask, top in zip(masks, tops, strict=False):
        image.paste(Image.fromarray(mask), ((width - mask.shape[1]) // 2, int(top)))
    return image.filter(ImageFilter.MaxFilter(3)) if rng.random() < 0.2 else image


def _framed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    draw, line = ImageDraw.Draw(image), int(rng.integers(1, 4))
    draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=255, width=line)
    if rng.random() < 0.3 and min(image.size) > 20:
        draw.rectangle((line + 3, line + 3, image.width - line - 4, image.height - line - 4), outline=255)
    return image


def _dated(rng: np.random.Generator) -> Made:
    return _lines([_date(rng)], rng, float(rng.uniform(13, 26))), ("Date", "Stamp")


def _named(rng: np.random.Generator) -> Made:
    name = people.name(rng).upper() if rng.random() < 0.7 else people.name(rng)
    return _lines([name], rng, float(rng.uniform(13, 24))), ("Name", "Stamp")


def _word(rng: np.random.Generator) -> Made:
    image = _lines([str(rng.choice(WORDS))], rng, float(rng.uniform(16, 46)), 4)
    return (_framed(image, rng) if rng.random() < 0.25 else image), ("Stamp",)


def _text(rng: np.random.Generator) -> Made:
    pools = (WORDS, OFFICES, OFFICES, people.TITLES, people.TOWNS)
    lines = [str(rng.choice(pools[int(rng.integers(len(pools)))])) for _ in range(int(rng.integers(2, 6)))]
    return _lines(lines, rng, float(rng.uniform(9, 16))), ("Stamp",)


def _received(rng: np.random.Generator) -> Made:
    lines = [str(rng.choice(WORDS)), _date(rng)]
    if rng.random() < 0.6:
        lines.append(str(rng.choice(OFFICES)))
    if rng.random() < 0.25:
        lines = [" ".join(lines[:2])]
    image = _lines(lines, rng, float(rng.uniform(12, 24)), int(rng.integers(4, 14)))
    return (_framed(image, rng) if rng.random() < 0.6 else image), ("Stamp",)


def _number(rng: np.random.Generator) -> Made:
    digits = " ".join(str(d) for d in rng.integers(0, 10, int(rng.integers(5, 14))))
    return _lines([digits], rng, float(rng.uniform(16, 28))), ("Stamp",)


def _grid(rng: np.random.Generator) -> Made:
    width, rows = int(rng.integers(120, 260)), int(rng.integers(3, 7))
    step = int(rng.integers(14, 26))
    image = Image.new("L", (width, rows * step + 1))
    draw, split = ImageDraw.Draw(image), int(width * rng.uniform(0.35, 0.75))
    columns = rng.random() < 0.7
    font = typeface(rng)
    for i, text in enumerate(rng.choice(ROWS, rows, replace=False)):
        draw.line((0, i * step, width, i * step), fill=255)
        if columns:
            draw.line((split, i * step, split, (i + 1) * step), fill=255)
        image.paste(Image.fromarray(lettering(str(text), font, 9)), (4, i * step + 4))
    return _framed(image, rng), ("Stamp",)


def _round(rng: np.random.Generator) -> Made:
    size = int(rng.integers(60, 160))
    image = Image.new("L", (size, size))
    draw = ImageDraw.Draw(image)
    draw.ellipse((1, 1, size - 2, size - 2), outline=255, width=int(rng.integers(1, 4)))
    inner = size * float(rng.uniform(0.16, 0.24))
    draw.ellipse((inner, inner, size - inner, size - inner), outline=255, width=1)
    text = str(rng.choice(OFFICES)).upper() + " * " + people.name(rng).upper() + " * "
    font, radius = typeface(rng), (size - inner) / 2
    glyphs = {c: Image.fromarray(lettering(c, font, max(7.0, inner * 0.75))) for c in set(text) - {" "}}
    for i, letter in enumerate(text):
        if letter in glyphs:
            angle = 2 * np.pi * i / len(text)
            tile = glyphs[letter].rotate(-float(np.degrees(angle)), Image.Resampling.BICUBIC, expand=True)
            x, y = size / 2 + radius * np.sin(angle), size / 2 - radius * np.cos(angle)
            image.paste(255, (round(x - tile.width / 2), round(y - tile.height / 2)), tile)
    middle = rng.random()
    if middle < 0.6:
        mask = Image.fromarray(lettering(_date(rng) if middle < 0.4 else str(rng.choice(WORDS)), font, size / 9))
        mask.thumbnail((int(size - 2 * inner), size))
        image.paste(mask, ((size - mask.width) // 2, (size - mask.height) // 2))
    elif middle < 0.85:
        turns = np.linspace(0, 2 * np.pi, 11)[:10] - np.pi / 2
        reach = np.where(np.arange(10) % 2, 0.08, 0.2) * size
        star = [(size / 2 + r * np.cos(a), size / 2 + r * np.sin(a)) for a, r in zip(turns, reach, strict=True)]
        draw.polygon(star, fill=255)
    if rng.random() < 0.3:
        image = image.resize((round(size * float(rng.uniform(1.2, 1.7))), size), Image.Resampling.BILINEAR)
    return image, ("Stamp",)


def _square(rng: np.random.Generator) -> Made:
    """A small square seal, its characters cut in strokes."""
    size = int(rng.integers(26, 64))
    image = Image.new("L", (size, size))
    draw, cells = ImageDraw.Draw(image), int(rng.integers(1, 3))
    step = (size - 8) / cells
    for cell in range(cells * cells):
        x, y = 4 + cell % cells * step, 4 + cell // cells * step
        for _ in range(int(rng.integers(4, 8))):
            a, b, c = rng.uniform(0.05, 0.95, 3) * step
            line = (x + a, y + b, x + c, y + b) if rng.random() < 0.5 else (x + a, y + b, x + a, y + c)
            draw.line(line, fill=255, width=max(1, size // 22))
    if rng.random() < 0.3:
        image = Image.eval(image, lambda v: 255 - v)
    return _framed(image, rng), ("Stamp",)


MAKERS: tuple[Callable[[np.random.Generator], Made], ...] = (
    _round, _received, _dated, _named, _word, _text, _number, _grid, _square,
)  # fmt: skip
BARE = (_dated, _named, _word, _text, _number)
CHANCES = (0.2, 0.18, 0.16, 0.08, 0.13, 0.1, 0.04, 0.07, 0.04)


def _worn(image: Image.Image, wear: float, rng: np.random.Generator) -> Mask:
    """Too little ink here, too much there."""
    coarse = Image.fromarray(rng.integers(60, 256, (5, 7), dtype=np.uint8))
    patches = np.asarray(coarse.resize(image.size, Image.Resampling.BICUBIC), np.float32) / 255
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 0.8)))), np.float32)
    grain = rng.random((image.height, image.width), dtype=np.float32) > wear * rng.uniform(0, 0.3)
    even = 1 - wear * (1 - np.clip(patches * 1.4, 0.35, 1))
    strength = float(rng.uniform(0.85, 1.0) if rng.random() < 0.6 else rng.uniform(0.5, 0.85))
    return np.clip(soft * even * grain * strength, 0, 255).astype(np.uint8)
