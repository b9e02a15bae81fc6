"""Structural formulas of chemistry: rings, bonds and letters, which look like a hand's strokes. No marks."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.lettering import lettering
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import words

GROUPS = ("OH", "HO", "O", "N", "NH2", "CH3", "Cl", "Br", "F", "Ph", "R", "COOH", "S", "NO2", "Me", "OMe")

Point = tuple[float, float]


def formula(rng: np.random.Generator, case: TypeCase) -> Mask:
    """Coverage ``[h, w]`` of one to four rings side by side with what hangs on them; a bond is 14 to 40 pixels long."""
    rings, bond = int(rng.integers(1, 5)), float(rng.uniform(14, 40))
    step = bond * float(3**0.5) * float(rng.choice((1.0, 1.0, 2.0)))  # fused, or a bond apart
    drawing = _Drawing(round(step * (rings - 1) + 8 * bond), bond, rng, case)
    for i in range(rings):
        middle = (4 * bond + i * step, 4 * bond)
        drawing.ring(middle)
        if i and step > 2 * bond:
            apart = bond * 3**0.5 / 2
            drawing.bond((middle[0] - step + apart, middle[1]), (middle[0] - apart, middle[1]))
        for number in rng.choice(6, int(rng.integers(0, 3)), replace=False):
            drawing.group(middle, int(number))
    return drawing.cropped()


def corner(middle: Point, number: int, far: float) -> Point:
    """The corner of a ring that stands on its point, or what lies so far from the ring's middle behind it."""
    turn = np.pi / 3 * number + np.pi / 6
    return middle[0] + far * float(np.cos(turn)), middle[1] + far * float(np.sin(turn))


class _Drawing:
    """A formula in one line width and one typeface."""

    def __init__(self, width: int, length: float, rng: np.random.Generator, case: TypeCase) -> None:
        """``length``: of a bond, in pixels."""
        self.length, self.rng = length, rng
        self.line, self.face = int(rng.integers(1, 4)), case.face(rng)
        self.size = length * float(rng.uniform(0.5, 0.9))
        self.image = Image.new("L", (width, round(8 * length)))
        self._draw = ImageDraw.Draw(self.image)

    def bond(self, start: Point, end: Point) -> None:
        self._draw.line((*start, *end), fill=255, width=self.line)

    def ring(self, middle: Point) -> None:
        """Six bonds, every other one double, or a circle within, or neither."""
        kind = self.rng.random()
        for i in range(6):
            self.bond(corner(middle, i, self.length), corner(middle, i + 1, self.length))
            if kind < 0.6 and i % 2:
                self.bond(corner(middle, i, self.length * 0.8), corner(middle, i + 1, self.length * 0.8))
        if kind > 0.85:
            (x, y), r = middle, self.length * 0.6
            self._draw.ellipse((x - r, y - r, x + r, y + r), outline=255, width=self.line)

    def group(self, middle: Point, number: int) -> None:
        """A bond outwards from a corner, and a group's letters at its end or nothing."""
        end = corner(middle, number, 2 * self.length)
        self.bond(corner(middle, number, self.length), end)
        if self.rng.random() < 0.8:
            letters = Image.fromarray(lettering(words.pick(self.rng, GROUPS), self.face, self.size))
            left, top = round(end[0] - letters.width / 2), round(end[1] - letters.height / 2)
            self.image.paste(0, (left - 2, top - 2, left + letters.width + 2, top + letters.height + 2))
            self.image.paste(letters, (left, top))

    def cropped(self) -> Mask:
        return np.asarray(self.image.crop(self.image.getbbox()))
