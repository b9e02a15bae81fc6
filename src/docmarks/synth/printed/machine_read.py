"""What forms print for scanners: squares and corners to align by, crosshairs, rows of timing marks, bars, modules.

The black squares are why this exists: a form's alignment square is as large and as dark as a checkbox that was filled
in solidly, and only what surrounds it tells.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from docmarks.synth.handwriting.pen import Mask

SOLID = 255


def machine_read(rng: np.random.Generator) -> Mask:
    """Coverage ``[h, w]`` of one: squares of 8 to 53 pixels, codes and rows of up to 800."""
    makers = (square, corner, crosshair, timing, bars, modules)
    return makers[int(rng.choice(len(makers), p=(0.5, 0.1, 0.08, 0.14, 0.1, 0.08)))](rng)


def square(rng: np.random.Generator) -> Mask:
    """A solid square, or nearly one."""
    side = int(rng.integers(12, 46))
    return np.full((max(8, round(side * float(rng.uniform(0.7, 1.15)))), side), SOLID, np.uint8)


def corner(rng: np.random.Generator) -> Mask:
    """A bracket that opens towards the page's middle: any of the four."""
    side, line = int(rng.integers(14, 50)), int(rng.integers(2, 8))
    mask = np.zeros((side, side), np.uint8)
    mask[:line], mask[:, :line] = SOLID, SOLID
    return np.rot90(mask, int(rng.integers(4))).copy()


def crosshair(rng: np.random.Generator) -> Mask:
    """Two lines through a ring or a dot."""
    side, line = int(rng.integers(20, 50)), int(rng.integers(1, 4))
    image = Image.new("L", (side, side))
    draw, inset = ImageDraw.Draw(image), side * float(rng.uniform(0.1, 0.3))
    ring = (inset, inset, side - 1 - inset, side - 1 - inset)
    draw.ellipse(ring, outline=SOLID, width=line, fill=SOLID if rng.random() < 0.3 else None)
    draw.line((side / 2, 0, side / 2, side), fill=SOLID, width=line)
    draw.line((0, side / 2, side, side / 2), fill=SOLID, width=line)
    return np.asarray(image)


def timing(rng: np.random.Generator) -> Mask:
    """A row or a column of small solid marks, all alike."""
    high, wide = int(rng.integers(4, 16)), int(rng.integers(6, 24))
    count, step = int(rng.integers(3, 12)), wide + int(rng.integers(6, 40))
    mask = np.zeros((high, step * (count - 1) + wide), np.uint8)
    for i in range(count):
        mask[:, step * i : step * i + wide] = SOLID
    return np.rot90(mask).copy() if rng.random() < 0.5 else mask


def bars(rng: np.random.Generator) -> Mask:
    """A bar code."""
    unit, count = int(rng.integers(1, 4)), int(rng.integers(20, 45))
    widths = unit * rng.integers(1, 4, 2 * count - 1)
    row = np.repeat((np.arange(2 * count - 1) % 2 == 0) * SOLID, widths).astype(np.uint8)
    return np.tile(row, (int(rng.integers(14, 60)), 1))


def modules(rng: np.random.Generator) -> Mask:
    """A square of black and white modules, dark along two sides as such codes are."""
    side = int(rng.integers(10, 26))
    grid = (rng.random((side, side)) < 0.5) * SOLID
    grid[-1], grid[:, 0] = SOLID, SOLID
    scale = int(rng.integers(2, 5))
    return np.kron(grid, np.ones((scale, scale))).astype(np.uint8)
