"""Printed arms of states, towns and schools: a shield and its charges, leaves around it, a motto; no stamps."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.beside import beside
from docmarks.synth.printed.lettering import lettering
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import people, words

FINE = 3
"""Times the size at which they are drawn, to be made smaller as an engraving is."""

DARK = 130
"""Coverage of a field on which the charge is left white."""

MOTTOES = ("IN DEO", "LUX ET", "VIRTUS", "PRO BONO", "AD ASTRA", "FIDES ET", "SCIENTIA", "VERITAS", "CONCORDIA")


def arms(rng: np.random.Generator, case: TypeCase) -> Mask:
    """Coverage of arms, 40 to 150 pixels high; charges are of the case's pictures, or letters if it has none."""
    size = int(rng.integers(40, 110)) * FINE
    image = _shield(size, rng, case)
    if rng.random() < 0.3:
        image = _crowned(image, rng)
    if rng.random() < 0.45:
        image = _wreathed(image, rng)
    mask = np.asarray(image.reduce(FINE))
    if rng.random() < 0.3:
        return beside(mask, motto(rng, case, mask.shape[1]), 2, across=False)
    return mask


def motto(rng: np.random.Generator, case: TypeCase, width: int) -> Mask:
    """A line of capitals on a curved band, about as wide as what it stands under."""
    text = f"{words.pick(rng, MOTTOES)} {words.pick(rng, tuple(words.NOUNS)).upper()}"
    line = lettering(text, case.face(rng), max(7.0, 1.5 * width / len(text)))
    if rng.random() < 0.6:
        line = np.pad(line, 2)
        line[[0, -1]] = 255
    return bent(line, -float(rng.uniform(0, 0.12)))


def bent(line: Mask, rise: float) -> Mask:
    """A line of print whose middle stands higher than its ends, by ``rise`` times its length; lower if negative."""
    high, wide = line.shape
    drop = np.round(rise * wide * np.linspace(-1, 1, wide) ** 2).astype(int)
    drop -= drop.min()
    result = np.zeros((high + int(drop.max()), wide), np.uint8)
    rows = np.arange(high)[:, None] + drop[None]
    result[rows, np.arange(wide)[None]] = line
    return result


def _shield(size: int, rng: np.random.Generator, case: TypeCase) -> Image.Image:
    """A shield, a disc or a lozenge ``size`` high, one to four fields in it."""
    wide = int(size * rng.uniform(0.7, 1.0))
    inside = Image.new("L", (wide, size))
    outline = _outline(wide, size, rng)
    ImageDraw.Draw(inside).polygon(outline, fill=255)
    image = Image.new("L", (wide, size))
    across, down = ((1, 1), (1, 1), (2, 1), (1, 2), (2, 2))[int(rng.integers(5))]
    tones = [int(tone) for tone in rng.choice((0, 0, 60, 150, 255), 2)]
    for i in range(across * down):
        x, y = i % across, i // across
        field = (wide * x // across, size * y // down, wide * (x + 1) // across, size * (y + 1) // down)
        _field(image, field, tones[(x + y) % 2], rng, case)
    draw = ImageDraw.Draw(image)
    draw.line([*outline, outline[0], outline[1]], fill=255, width=int(rng.integers(1, 5)) * FINE, joint="curve")
    for k in range(1, across):
        draw.line((wide * k // across, 0, wide * k // across, size), fill=255, width=FINE)
    for k in range(1, down):
        draw.line((0, size * k // down, wide, size * k // down), fill=255, width=FINE)
    return ImageChops.multiply(image, inside)


def _outline(wide: int, high: int, rng: np.random.Generator) -> list[tuple[float, float]]:
    down = np.linspace(0, 1, 40)
    kind = rng.random()
    if kind < 0.6:  # straight sides, then a point
        straight = float(rng.uniform(0.2, 0.55))
        below = np.clip((down - straight) / (1 - straight), 0, 1)
        half = (1 - below ** float(rng.uniform(1.6, 3.2))) / 2
    elif kind < 0.85:
        half = np.sqrt(np.clip(1 - (2 * down - 1) ** 2, 0, 1)) / 2
    else:
        half = 0.5 - np.abs(down - 0.5)
    sides = [(wide * (0.5 + h), (high - 1) * d) for h, d in zip(half, down, strict=True)]
    return [*sides, *((wide - x, y) for x, y in reversed(sides))]


def _field(
    image: Image.Image, field: tuple[int, int, int, int], tone: int, rng: np.random.Generator, case: TypeCase
) -> None:
    left, top, right, bottom = field
    draw = ImageDraw.Draw(image)
    if tone and rng.random() < 0.3:  # hatched, as engravers show colours
        step = FINE * int(rng.integers(2, 5))
        for at in range(left - (bottom - top), right, step):
            draw.line((at, bottom, at + bottom - top, top), fill=255, width=FINE - 1)
        tone = 0
    else:
        draw.rectangle((left, top, right - 1, bottom - 1), fill=tone)
    room = int(min(right - left, bottom - top) * rng.uniform(0.55, 0.85))
    charge = Image.fromarray(_charge(max(FINE, room), rng, case))
    charge.thumbnail((right - left, bottom - top))
    middle = ((left + right - charge.width) // 2, (top + bottom - charge.height) // 2)
    image.paste(0 if tone > DARK else 255, middle, charge)


def _charge(size: int, rng: np.random.Generator, case: TypeCase) -> Mask:
    if case.has_logos and rng.random() < 0.85:
        return case.logo(size, rng)
    return lettering(words.pick(rng, tuple(people.LAST))[: int(rng.integers(1, 3))].upper(), case.face(rng), size)


def _crowned(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Points in a row over it."""
    count, high = int(rng.integers(3, 7)), int(image.height * rng.uniform(0.12, 0.25))
    wide = int(image.width * rng.uniform(0.5, 1.0))
    result = Image.new("L", (image.width, image.height + high + FINE))
    result.paste(image, (0, high + FINE))
    left, step = (image.width - wide) // 2, wide / count
    points = [(left + step * i / 2, high * (0.75 if i % 2 == 0 else 0.05)) for i in range(2 * count + 1)]
    ImageDraw.Draw(result).polygon([(left, high), *points, (left + wide, high)], fill=255)
    return result


def _wreathed(image: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A branch on either side, from the foot upwards."""
    leaves, leaf = int(rng.integers(7, 14)), image.height * float(rng.uniform(0.08, 0.14))
    room = round(2.2 * leaf)
    result = Image.new("L", (image.width + 2 * room, image.height + room))
    result.paste(image, (room, room // 2))
    draw = ImageDraw.Draw(result)
    middle = np.array([result.width / 2, result.height / 2])
    reach = np.array([image.width / 2 + leaf, image.height / 2 + 0.3 * leaf])
    for side in (-1, 1):
        for angle in np.linspace(0.12, 0.8, leaves) * np.pi:
            stem = middle + reach * (side * np.sin(angle), np.cos(angle))
            for lean in (0.6, -0.6):
                turned = angle + np.pi / 2 + lean
                tip = stem + leaf * np.array([side * np.sin(turned), np.cos(turned)])
                across = 0.22 * np.array([stem[1] - tip[1], tip[0] - stem[0]])
                belly = (stem + tip) / 2
                draw.polygon([tuple(p) for p in (stem, belly + across, tip, belly - across)], fill=255)
    return result
