"""Rubber stamps: round, boxed, date and name stamps, worn and crooked."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from docmarks.synth.pen import Mask

WORDS = (
    "RECEIVED", "PAID", "COPY", "CONFIDENTIAL", "APPROVED", "FILED", "ENTERED", "VOID", "ORIGINAL", "FAXED", "POSTED",
    "CANCELLED", "CERTIFIED", "DRAFT", "URGENT", "EINGEGANGEN", "BEZAHLT", "RECU", "CLOSED", "SENT", "CHECKED",
    "ACCEPTED",
)  # fmt: skip
NAMES = (
    "J. R. MILLER",
    "HELEN BROOKS",
    "T. OKAFOR",
    "A. LINDQVIST",
    "M. DELACROIX",
    "R. TANAKA",
    "S. PATEL",
    "C. VOGEL",
)
OFFICES = (
    "OFFICE OF THE CLERK",
    "ACCOUNTS DEPARTMENT",
    "MAIL ROOM",
    "LEGAL DIVISION",
    "SECRETARY",
    "NOTARY PUBLIC",
    "REGISTRY",
)
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def stamp(rng: np.random.Generator) -> tuple[Mask, tuple[str, ...]]:
    """Coverage of a stamp, 60 to 260 pixels wide, and its labels (Date or Name beside Stamp)."""
    kind = rng.random()
    labels: tuple[str, ...]
    if kind < 0.3:
        image, labels = _round(rng), ("Stamp",)
    elif kind < 0.6:
        image, labels = _boxed(rng), ("Stamp",)
    elif kind < 0.8:
        image, labels = _lines([_date(rng)], rng, int(rng.integers(14, 26))), ("Date", "Stamp")
    elif kind < 0.9:
        image, labels = _lines([str(rng.choice(NAMES))], rng, int(rng.integers(14, 22))), ("Name", "Stamp")
    else:
        image, labels = _lines([str(rng.choice(WORDS))], rng, int(rng.integers(18, 40))), ("Stamp",)
    spread = 4 if rng.random() < 0.5 else 20
    turned = image.rotate(float(rng.normal(0, spread)), Image.Resampling.BICUBIC, expand=True)
    return _worn(turned, rng), labels


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _date(rng: np.random.Generator) -> str:
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(12)), int(rng.integers(1960, 2026))
    return str(
        rng.choice(
            [
                f"{MONTHS[month]} {day} {year}",
                f"{day} {MONTHS[month]} {year}",
                f"{MONTHS[month]} {day:02d} '{year % 100:02d}",
            ]
        )
    )


def _lines(lines: list[str], rng: np.random.Generator, size: int, margin: int = 2) -> Image.Image:
    font = _font(size)
    boxes = [font.getbbox(line) for line in lines]
    width = int(max(box[2] for box in boxes)) + 2 * margin
    step = round(size * float(rng.uniform(1.1, 1.4)))
    image = Image.new("L", (width, step * len(lines) + 2 * margin))
    draw = ImageDraw.Draw(image)
    bold = int(rng.random() < 0.5)
    for i, (line, box) in enumerate(zip(lines, boxes, strict=True)):
        draw.text(((width - box[2]) / 2, margin + i * step), line, fill=255, font=font, stroke_width=bold)
    return image


def _boxed(rng: np.random.Generator) -> Image.Image:
    lines = [str(rng.choice(WORDS))]
    if rng.random() < 0.7:
        lines.append(_date(rng))
    if rng.random() < 0.6:
        lines.append(str(rng.choice(OFFICES)))
    rng.shuffle(lines)
    image = _lines(lines, rng, int(rng.integers(11, 20)), int(rng.integers(6, 14)))
    if rng.random() < 0.8:
        draw, line = ImageDraw.Draw(image), int(rng.integers(1, 4))
        draw.rectangle((0, 0, image.width - 1, image.height - 1), outline=255, width=line)
        if rng.random() < 0.3:
            draw.rectangle((5, 5, image.width - 6, image.height - 6), outline=255, width=1)
    return image


def _round(rng: np.random.Generator) -> Image.Image:
    size = int(rng.integers(64, 150))
    image = Image.new("L", (size, size))
    draw = ImageDraw.Draw(image)
    line = int(rng.integers(1, 4))
    draw.ellipse((1, 1, size - 2, size - 2), outline=255, width=line)
    inner = size * float(rng.uniform(0.16, 0.24))
    draw.ellipse((inner, inner, size - inner, size - inner), outline=255, width=1)
    text = str(rng.choice(OFFICES)) + " * " + str(rng.choice(NAMES)) + " * "
    letters = ImageFont.load_default(max(7, int(inner * 0.7)))
    radius = (size - inner) / 2
    for i, letter in enumerate(text):
        angle = 2 * np.pi * i / len(text)
        tile = Image.new("L", (24, 24))
        ImageDraw.Draw(tile).text((12, 12), letter, fill=255, font=letters, anchor="mm")
        tile = tile.rotate(-np.degrees(angle), Image.Resampling.BICUBIC)
        at = (round(size / 2 + radius * np.sin(angle) - 12), round(size / 2 - radius * np.cos(angle) - 12))
        image.paste(255, at, tile)
    if rng.random() < 0.7:
        font = _font(max(8, size // 9))
        draw.text((size / 2, size / 2), _date(rng), fill=255, font=font, anchor="mm")
    if rng.random() < 0.3:
        image = image.resize((round(size * float(rng.uniform(1.2, 1.7))), size), Image.Resampling.BILINEAR)
    return image


def _worn(image: Image.Image, rng: np.random.Generator) -> Mask:
    """Too little ink here, too much there."""
    coarse = Image.fromarray(rng.integers(60, 256, (5, 7), dtype=np.uint8))
    patches = np.asarray(coarse.resize(image.size, Image.Resampling.BICUBIC), np.float32) / 255
    grain = rng.random((image.height, image.width), dtype=np.float32) > rng.uniform(0, 0.25)
    soft = np.asarray(image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 0.8)))), np.float32)
    strength = float(rng.uniform(0.6, 1.0))
    return np.clip(soft * np.clip(patches * 1.4, 0.5, 1) * grain * strength, 0, 255).astype(np.uint8)
