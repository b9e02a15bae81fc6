"""Rubber stamps: seals, boxed, dates, names, pictures and forms to fill in, worn and crooked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.beside import beside
from docmarks.synth.printed.lettering import lettering
from docmarks.synth.printed.seals import body, seal
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import people, words

WORDS = (
    "RECEIVED", "PAID", "COPY", "CONFIDENTIAL", "APPROVED", "FILED", "ENTERED", "VOID", "ORIGINAL", "FAXED", "POSTED",
    "CANCELLED", "CERTIFIED", "DRAFT", "URGENT", "EINGEGANGEN", "Bezahlt", "RECU", "CLOSED", "SENT", "CHECKED",
    "ACCEPTED", "Einschreiben", "Erledigt", "CONFIRMED", "Received", "Empfang", "FRANKO", "Sachlich richtig",
    "TOP SECRET", "BEST COPY", "FILE COPY", "FIRST CLASS", "AIR MAIL", "RUSH", "SCANNED", "VERIFIED", "SAMPLE",
    "NOT NEGOTIABLE", "FOR DEPOSIT ONLY", "Kopie", "Gebucht", "Drucksache", "Luftpost", "PAYE", "COPIE CONFORME",
    "RECIBIDO", "PAGADO", "COPIA", "RICEVUTO", "ONTVANGEN", "BETAALD", "ISSUED", "ATTESTED", "TRUE COPY",
)  # fmt: skip
OFFICES = (
    "OFFICE OF THE CLERK", "ACCOUNTS DEPARTMENT", "MAIL ROOM", "LEGAL DIVISION", "SECRETARY", "NOTARY PUBLIC",
    "REGISTRY", "ADVERTISING DEPT.", "Service des Achats", "Buchhaltung", "RESEARCH CENTER", "CITY OF DAYTON",
)  # fmt: skip
ROWS = (
    "Datum", "Konto", "Approved by", "Check No.", "Amount", "Account", "Name", "Projekt", "Dept.", "Verified",
    "Voucher Number", "Check # and Date", "Approved for Payment", "Account # and Title", "Anerkennung", "Datum/Name",
    "bearbeitet:", "weiter an:", "By", "File No.", "Book", "Page", "Charge", "P.O. No.", "Betrag", "Kostenstelle",
)  # fmt: skip
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")

STANDARD = TypeCase()

Made = tuple[Image.Image, tuple[str, ...]]


class Stamps:
    """Whoever cuts stamps, with the typefaces and emblems they have."""

    def __init__(self, case: TypeCase = STANDARD) -> None:
        """Without emblems in the case no stamp bears any."""
        self._case = case
        self.makers: list[tuple[Callable[[np.random.Generator], Made], float]] = [
            (self._round, 0.25), (self._received, 0.2), (self._dated, 0.16), (self._named, 0.06), (self._word, 0.12),
            (self._text, 0.1), (self._grid, 0.07), (self._square, 0.04),
        ]  # fmt: skip
        """What makes a stamp, and how often."""
        if case.symbols:
            self.makers.append((self._picture, 0.06))
        self._bare = (self._dated, self._named, self._word, self._text)

    def stamp(self, rng: np.random.Generator) -> tuple[Mask, tuple[str, ...]]:
        """Coverage of a stamp, 50 to 300 pixels wide, and its labels (Date or Name beside Stamp)."""
        chances = np.array([chance for _, chance in self.makers])
        maker, _ = self.makers[int(rng.choice(len(chances), p=chances / chances.sum()))]
        image, labels = maker(rng)
        spread = float(rng.choice([2.0, 5.0, 18.0], p=[0.55, 0.3, 0.15]))
        turn, wear = float(rng.normal(0, spread)), float(rng.choice([0.1, 0.5, 1.0]))
        if maker in self._bare and abs(turn) < 2:
            # Nothing but its wear tells such a stamp from print.
            wear, image = 1.0, image.filter(ImageFilter.MaxFilter(3))
        turned = image.rotate(turn + 90 * (rng.random() < 0.03), Image.Resampling.BICUBIC, expand=True)
        return _worn(turned, wear, rng), labels

    def plain(self, rng: np.random.Generator) -> Mask:
        """Coverage of a stamp that is neither a bare date nor a bare name."""
        while True:
            mask, labels = self.stamp(rng)
            if labels == ("Stamp",):
                return mask

    def text(self, lines: Sequence[str], rng: np.random.Generator, size: float = 16, framed: bool = True) -> Mask:
        """Coverage of a stamp with lines of your own, a little crooked and worn."""
        image = self._lines(lines, rng, size, 10)
        turned = (_framed(image, rng) if framed else image).rotate(
            float(rng.normal(0, 4)), Image.Resampling.BICUBIC, expand=True
        )
        return _worn(turned, 0.5, rng)

    def _lines(self, lines: Sequence[str], rng: np.random.Generator, size: float, margin: int = 1) -> Image.Image:
        """Lines one under the other, each in the middle."""
        font, step = self._case.face(rng), float(rng.uniform(1.05, 1.4))
        sizes = [size * float(rng.uniform(0.8, 1.15) if i else 1.0) for i in range(len(lines))]
        masks = [lettering(line, font, high) for line, high in zip(lines, sizes, strict=True)]
        width = max(mask.shape[1] for mask in masks) + 2 * margin
        tops = np.cumsum([margin, *(mask.shape[0] + round((step - 0.7) * size) for mask in masks)])
        image = Image.new("L", (width, int(tops[len(masks) - 1]) + masks[-1].shape[0] + margin))
        for mask, top in zip(masks, tops, strict=False):
            image.paste(Image.fromarray(mask), ((width - mask.shape[1]) // 2, int(top)))
        return image.filter(ImageFilter.MaxFilter(3)) if rng.random() < 0.2 else image

    def _dated(self, rng: np.random.Generator) -> Made:
        return self._lines([_date(rng)], rng, float(rng.uniform(13, 26))), ("Date", "Stamp")

    def _named(self, rng: np.random.Generator) -> Made:
        name = people.name(rng).upper() if rng.random() < 0.7 else people.name(rng)
        return self._lines([name], rng, float(rng.uniform(13, 24))), ("Name", "Stamp")

    def _word(self, rng: np.random.Generator) -> Made:
        image = self._lines([str(rng.choice(WORDS))], rng, float(rng.uniform(16, 46)), 4)
        return (_framed(image, rng) if rng.random() < 0.25 else image), ("Stamp",)

    def _text(self, rng: np.random.Generator) -> Made:
        pools = (WORDS, OFFICES, (body(rng), body(rng).title()), people.TITLES, people.TOWNS)
        lines = [str(rng.choice(pools[int(rng.integers(len(pools)))])) for _ in range(int(rng.integers(2, 6)))]
        return self._lines(lines, rng, float(rng.uniform(9, 16))), ("Stamp",)

    def _received(self, rng: np.random.Generator) -> Made:
        lines = [str(rng.choice(WORDS)), _date(rng)]
        if rng.random() < 0.6:
            lines.append(str(rng.choice(OFFICES)))
        if rng.random() < 0.25:
            lines = [" ".join(lines[:2])]
        image = self._lines(lines, rng, float(rng.uniform(12, 24)), int(rng.integers(4, 14)))
        return (_framed(image, rng) if rng.random() < 0.6 else image), ("Stamp",)

    def _grid(self, rng: np.random.Generator) -> Made:
        width, rows = int(rng.integers(120, 260)), int(rng.integers(3, 7))
        step = int(rng.integers(14, 26))
        image = Image.new("L", (width, rows * step + 1))
        draw, split = ImageDraw.Draw(image), int(width * rng.uniform(0.35, 0.75))
        columns, ruled = rng.random() < 0.6, rng.random() < 0.35
        font, high = self._case.face(rng), float(rng.uniform(8, 12))
        for i, text in enumerate(rng.choice(ROWS, rows, replace=False)):
            caption = Image.fromarray(lettering(str(text), font, high))
            image.paste(caption, (4, i * step + max(2, step - caption.height - 3) if ruled else i * step + 4))
            if ruled:  # a rule after the caption, as on what is filled in
                draw.line((caption.width + 8, (i + 1) * step - 3, width - 5, (i + 1) * step - 3), fill=255)
                continue
            draw.line((0, i * step, width, i * step), fill=255)
            if columns:
                draw.line((split, i * step, split, (i + 1) * step), fill=255)
        if ruled and rng.random() < 0.5:
            return image, ("Stamp",)
        return _framed(image, rng), ("Stamp",)

    def _round(self, rng: np.random.Generator) -> Made:
        return seal(rng, self._case, (_date(rng), words.pick(rng, WORDS), people.name(rng))), ("Stamp",)

    def _picture(self, rng: np.random.Generator) -> Made:
        """An emblem, at times with a word or two over or under it, at times framed."""
        mask = self._case.emblem(int(rng.integers(40, 130)), rng)
        if rng.random() < 0.5:
            caption = np.asarray(self._lines([words.pick(rng, WORDS)], rng, float(rng.uniform(9, 18))))
            over, under = (mask, caption) if rng.random() < 0.5 else (caption, mask)
            mask = beside(over, under, 4, across=False)
        if rng.random() < 0.3:
            return _framed(Image.fromarray(np.pad(mask, 10)), rng), ("Stamp",)
        return Image.fromarray(mask), ("Stamp",)

    def _square(self, rng: np.random.Generator) -> Made:
        """A small square seal, its characters cut in strokes."""
        return _strokes_in_a_square(rng), ("Stamp",)


def date_stamp(rng: np.random.Generator) -> str:
    """A date as stamps show it."""
    return _date(rng)


def worn(mask: Mask, rng: np.random.Generator) -> Mask:
    """Anything as a rubber stamp would print it."""
    return _worn(Image.fromarray(mask), 0.5, rng)


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


def _framed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    draw, line = ImageDraw.Draw(image), int(rng.integers(1, 4))
    draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=255, width=line)
    if rng.random() < 0.3 and min(image.size) > 20:
        draw.rectangle((line + 3, line + 3, image.width - line - 4, image.height - line - 4), outline=255)
    return image


def _strokes_in_a_square(rng: np.random.Generator) -> Image.Image:
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
    return _framed(image, rng)


def _worn(image: Image.Image, wear: float, rng: np.random.Generator) -> Mask:
    """Too little ink here, too much there."""
    coarse = Image.fromarray(rng.integers(60, 256, (5, 7), dtype=np.uint8))
    patches = np.asarray(coarse.resize(image.size, Image.Resampling.BICUBIC), np.float32) / 255
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 0.8)))), np.float32)
    grain = rng.random((image.height, image.width), dtype=np.float32) > wear * rng.uniform(0, 0.3)
    even = 1 - wear * (1 - np.clip(patches * 1.4, 0.35, 1))
    strength = float(rng.uniform(0.85, 1.0) if rng.random() < 0.6 else rng.uniform(0.5, 0.85))
    return np.clip(soft * even * grain * strength, 0, 255).astype(np.uint8)
