"""Structural formulas of chemistry: rings, bonds and letters, which look like a hand's strokes. No marks."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.lettering import Typeface, lettering
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import words

GROUPS = ("OH", "HO", "O", "N", "NH2", "CH3", "Cl", "Br", "F", "Ph", "R", "COOH", "S", "NO2", "Me", "OMe")

Point = tuple[float, float]


def formula(rng: np.random.Generator, case: TypeCase) -> Mask:
    """Coverage ``[h, w]`` of one to four rings side by side with what hangs on them; a bond is 14 to 40 pixels long."""
    bond, line = float(rng.uniform(14, 40)), int(rng.integers(1, 4))
    rings = int(rng.integers(1, 5))
    step = bond * float(3**0.5) * float(rng.choice((1.0, 1.0, 2.0)))  # fused, or a bond apart
    image = Image.new("L", (round(step * (rings - 1) + 8 * bond), round(8 * bond)))
    draw, face, size = ImageDraw.Draw(image), case.face(rng), bond * float(rng.uniform(0.5, 0.9))
    for i in range(rings):
        middle = (4 * bond + i * step, 4 * bond)
        _ring(draw, middle, bond, line, rng)
        if i and step > 2 * bond:
            start = middle[0] - step + bond * 3**0.5 / 2
            draw.line((start, middle[1], middle[0] - bond * 3**0.5 / 2, middle[1]), fill=255, width=line)
        for corner in rng.choice(6, int(rng.integers(0, 3)), replace=False):
            _group(image, draw, middle, int(corner), bond, line, face, size, rng)
    box = image.getbbox() or (0, 0, 1, 1)
    return np.asarray(image.crop(box))


def _corner(middle: Point, number: int, far: float) -> Point:
    turn = np.pi / 3 * number + np.pi / 6
    return middle[0] + far * float(np.cos(turn)), middle[1] + far * float(np.sin(turn))


def _ring(draw: ImageDraw.ImageDraw, middle: Point, bond: float, line: int, rng: np.random.Generator) -> None:
    """Six bonds, every other one double, or a circle within, or neither."""
    kind = rng.random()
    for i in range(6):
        draw.line((*_corner(middle, i, bond), *_corner(middle, i + 1, bond)), fill=255, width=line)
        if kind < 0.6 and i % 2:
            draw.line((*_corner(middle, i, bond * 0.8), *_corner(middle, i + 1, bond * 0.8)), fill=255, width=line)
    if kind > 0.85:
        r = bond * 0.6
        draw.ellipse((middle[0] - r, middle[1] - r, middle[0] + r, middle[1] + r), outline=255, width=line)


def _group(
    image: Image.Image, draw: ImageDraw.ImageDraw, middle: Point, corner: int, bond: float, line: int, face: Typeface,
    size: float, rng: np.random.Generator,
) -> None:  # fmt: skip
    """A bond outwards, and a group's letters at its end or nothing."""
    end = _corner(middle, corner, 2 * bond)
    draw.line((*_corner(middle, corner, bond), *end), fill=255, width=line)
    if rng.random() < 0.8:
        letters = Image.fromarray(lettering(words.pick(rng, GROUPS), face, size))
        left, top = round(end[0] - letters.width / 2), round(end[1] - letters.height / 2)
        image.paste(0, (left - 2, top - 2, left + letters.width + 2, top + letters.height + 2))
        image.paste(letters, (left, top))
