"""Checkboxes: the printed square, and what people put into it."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from docmarks.marks import Box
from docmarks.synth.ink import Ink
from docmarks.synth.pen import Mask, Pen, lay

Grey = np.ndarray

TICK = ((0.05, 0.55), (0.35, 0.95), (1.0, 0.0))
CROSS = (((0.0, 0.0), (1.0, 1.0)), ((1.0, 0.0), (0.0, 1.0)))


def fill(page: Grey, box: Box, rng: np.random.Generator) -> None:
    """Marks the square ``box`` of a page in place: a tick, a cross, a scribble, a typed X or a solid square."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    kind = rng.random()
    if kind < 0.12:
        inset = float(rng.uniform(0.08, 0.25))
        area = page[round(top + inset * height) : round(bottom - inset * height) + 1,
                    round(left + inset * width) : round(right - inset * width) + 1]  # fmt: skip
        area[...] = np.minimum(area, int(rng.integers(0, 60)))
        return
    if kind < 0.27:
        _typed_cross(page, box, rng)
        return
    mask, over = _by_hand(height, rng)
    x = left + width / 2 - mask.shape[1] / 2 + float(rng.normal(0, 0.12)) * width
    y = top + height / 2 - mask.shape[0] / 2 + float(rng.normal(0, 0.1)) * height - over
    lay(page, mask, round(x), round(y), int(rng.integers(0, 70)))


def _typed_cross(page: Grey, box: Box, rng: np.random.Generator) -> None:
    inset = float(rng.uniform(0.05, 0.3)) * (box[2] - box[0])
    x0, y0, x1, y1 = box[0] + inset, box[1] + inset, box[2] - inset, box[3] - inset
    image = Image.fromarray(page)
    draw, shade, width = ImageDraw.Draw(image), int(rng.integers(0, 60)), int(rng.integers(1, 3))
    draw.line((x0, y0, x1, y1), fill=shade, width=width)
    draw.line((x1, y0, x0, y1), fill=shade, width=width)
    page[...] = np.asarray(image)


def _by_hand(height: float, rng: np.random.Generator) -> tuple[Mask, float]:
    """Coverage of a handwritten mark for a square so high, and how far it rises over the middle."""
    size = height * float(rng.uniform(0.7, 1.7))
    kind = rng.random()
    if kind < 0.4:
        strokes = [np.array(line) + rng.normal(0, 0.08, (2, 2)) for line in CROSS]
        rise = 0.0
    elif kind < 0.85:
        strokes = [np.array(TICK) + rng.normal(0, 0.07, (3, 2))]
        rise = 0.15 * size
    else:
        n = int(rng.integers(6, 12))
        zigzag = np.column_stack((np.linspace(0, 1, n), np.tile([0.05, 0.95], n)[:n]))
        strokes = [zigzag + rng.normal(0, 0.08, (n, 2))]
        size, rise = min(size, height), 0.0
    ink = Ink(tuple(np.column_stack((s, np.full(len(s), 0.7))).astype(np.float32) for s in strokes))
    return Pen.random(rng, 1.1).write(ink, size), rise


def draw_square(page: Grey, left: int, top: int, size: int, rng: np.random.Generator) -> Box:
    """Prints a checkbox of ``size`` pixels in place and returns its box."""
    line, shade = (1 if rng.random() < 0.75 else 2), int(rng.integers(0, 90))
    page[top : top + size, left : left + size] = (
        255 if rng.random() < 0.7 else page[top : top + size, left : left + size]
    )
    for offset in range(line):
        page[top + offset, left : left + size] = shade
        page[top + size - 1 - offset, left : left + size] = shade
        page[top : top + size, left + offset] = shade
        page[top : top + size, left + size - 1 - offset] = shade
    return float(left), float(top), float(left + size), float(top + size)
