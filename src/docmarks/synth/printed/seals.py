"""Round seals: rings, words along them, and a date, an emblem or a few lines in the middle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from docmarks.synth.printed.lettering import Typeface, lettering
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import people, words

BODIES = (
    "UNIVERSITY OF", "MINISTRY OF", "DEPARTMENT OF", "SOCIETY OF", "COURT OF", "REPUBLIC OF", "BANK OF", "CITY OF",
    "STATE OF", "BOARD OF", "CONSULATE OF", "COUNTY OF", "ORDER OF", "INSTITUTE OF", "ASSOCIATION OF", "OFFICE OF THE",
)  # fmt: skip
FIRMS = ("& CO.", "GMBH", "LTD.", "INC.", "& SONS", "S.A.", "B.V.", "AG", "LABORATORIES", "MEMORIAL TRUST", "PVT. LTD.")


def body(rng: np.random.Generator) -> str:
    """Whoever has a seal: an office, a town, a firm."""
    if rng.random() < 0.55:
        of = people.TOWNS if rng.random() < 0.4 else (*people.LAST, *words.NOUNS)
        return f"{words.pick(rng, BODIES)} {words.pick(rng, tuple(of)).upper()}"
    return f"{words.pick(rng, tuple(people.LAST)).upper()} {words.pick(rng, FIRMS)}"


def seal(rng: np.random.Generator, case: TypeCase, middle: Sequence[str] = ()) -> Image.Image:
    """Coverage of a seal, 60 to 200 pixels across, at times an oval.

    Args:
        rng: Everything random comes from it.
        case: What it is lettered in, and its emblem taken from.
        middle: Lines that may stand in the middle: a date, a word.
    """
    size = int(rng.integers(60, 170) if rng.random() < 0.8 else rng.integers(150, 200))
    image = Image.new("L", (size, size))
    draw = ImageDraw.Draw(image)
    band = size * float(rng.uniform(0.13, 0.24))  # between the rings
    _rings(draw, size, band, rng)
    face = case.face(rng)
    if rng.random() < 0.4:
        text = f"{body(rng)} {_between(rng)} {people.name(rng).upper()} {_between(rng)} "
        _ring(image, text, face, band, 2 * np.pi)
    else:
        _ring(image, body(rng), face, band)
        if rng.random() < 0.75:
            _ring(image, people.name(rng).upper() if rng.random() < 0.4 else body(rng), face, band, below=True)
    _middle(image, draw, size - 2 * band, face, rng, case, middle)
    if rng.random() < 0.2:
        return image.resize((round(size * float(rng.uniform(1.2, 1.7))), size), Image.Resampling.BILINEAR)
    return image


def _between(rng: np.random.Generator) -> str:
    return words.pick(rng, ("*", "-", ".", "+"))


def _rings(draw: ImageDraw.ImageDraw, size: int, band: float, rng: np.random.Generator) -> None:
    wide = int(rng.integers(1, 4))
    draw.ellipse((1, 1, size - 2, size - 2), outline=255, width=wide)
    if rng.random() < 0.3:
        draw.ellipse((wide + 3, wide + 3, size - wide - 4, size - wide - 4), outline=255, width=1)
    if rng.random() < 0.8:
        draw.ellipse((band, band, size - band, size - band), outline=255, width=1 + int(rng.random() < 0.2))
    if rng.random() < 0.12:  # a toothed edge
        for angle in np.linspace(0, 2 * np.pi, 60, endpoint=False):
            out, back = size / 2 - 1, size / 2 - 5
            c, s = float(np.cos(angle)), float(np.sin(angle))
            at = size / 2
            draw.line((at + back * c, at + back * s, at + out * c, at + out * s), fill=255)


def _ring(
    image: Image.Image, text: str, face: Typeface, band: float, angle: float | None = None, below: bool = False
) -> None:
    """Letters along the ring, from left to right over its middle, or on their feet under it.

    Args:
        image: Drawn on in place.
        text: Of the ring.
        face: Of the letters.
        band: Between the rings, in pixels.
        angle: That the text takes; None takes what its letters need, and not over 216 degrees.
        below: Under the middle.
    """
    size, high = image.height, max(7.0, band * 0.62)
    radius, middle, sign = (size - band) / 2, size / 2, -1 if below else 1
    if angle is None:
        angle = min(0.71 * high / radius * len(text), 1.2 * np.pi)
    glyphs = {c: Image.fromarray(lettering(c, face, high)) for c in set(text) - {" "}}
    for i, letter in enumerate(text):
        if letter in glyphs:
            at = angle * ((i + 0.5) / len(text) - 0.5)  # from the top, or from the bottom
            tile = glyphs[letter].rotate(-sign * float(np.degrees(at)), Image.Resampling.BICUBIC, expand=True)
            x, y = middle + radius * np.sin(at), middle - sign * radius * np.cos(at)
            image.paste(255, (round(x - tile.width / 2), round(y - tile.height / 2)), tile)


def _middle(
    image: Image.Image, draw: ImageDraw.ImageDraw, room: float, face: Typeface, rng: np.random.Generator,
    case: TypeCase, lines: Sequence[str],
) -> None:  # fmt: skip
    size, choice = image.height, rng.random()
    if choice < 0.45 and lines:
        count = int(rng.integers(1, len(lines) + 1))
        high = size / (8 + count)
        top = size / 2 - count * high * 0.6
        for line in lines[:count]:
            mask = Image.fromarray(lettering(line, face, high))
            mask.thumbnail((max(4, int(room * 0.8)), size))
            image.paste(255, ((size - mask.width) // 2, int(top)), mask)
            top += high * 1.25
    elif choice < 0.85 and case.symbols:
        mask = Image.fromarray(case.emblem(max(10, int(room * float(rng.uniform(0.5, 0.68)))), rng))
        image.paste(255, ((size - mask.width) // 2, (size - mask.height) // 2), mask)
    elif choice < 0.92:
        turns = np.linspace(0, 2 * np.pi, 11)[:10] - np.pi / 2
        reach = np.where(np.arange(10) % 2, 0.08, 0.2) * size
        draw.polygon(
            [(size / 2 + r * np.cos(a), size / 2 + r * np.sin(a)) for a, r in zip(turns, reach, strict=True)], fill=255
        )
