"""Marks that lie on printed text: strikethroughs and redactions."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageFilter

from docmarks.marks import Box
from docmarks.synth.handwriting.pen import Pen, lay
from docmarks.synth.handwriting.strokes import Ink
from docmarks.synth.paper import Line
from docmarks.synth.printed.lettering import lettering, typeface
from docmarks.synth.printed.typeset import text_width

Grey = np.ndarray
CODES = ("(b)(6)", "(b)(4)", "REDACTED", "(b)(7)(C)", "(b) (5)")


def strike(page: Grey, line: Line, rng: np.random.Generator) -> Box:
    """Strikes a printed line out in place; the box holds text and ink.

    By one stroke, by two, by a zigzag, by loops, by a broad marker, or by x after x on a typewriter.
    """
    height = line[3] - line[1]
    ratio = (line[2] - line[0]) / height
    kind = rng.random()
    if kind < 0.12:
        return _typed_over(page, line, rng)
    pen = Pen.random(rng)
    if kind < 0.5:
        strokes = [_stroke(0.55, ratio, rng)]
    elif kind < 0.65:
        strokes = [_stroke(row, ratio, rng) for row in (0.35, 0.65)]
    elif kind < 0.75:
        n = max(4, int(ratio * float(rng.uniform(1.2, 2.5))))
        strokes = [np.column_stack((np.linspace(0, ratio, n), np.tile([0.1, 0.9], n)[:n] + rng.normal(0, 0.1, n)))]
    elif kind < 0.87:
        turns = np.linspace(0, 2 * np.pi * max(3, ratio * 1.2), max(24, int(ratio * 14)))
        strokes = [np.column_stack((turns / turns[-1] * ratio + 0.3 * np.cos(turns), 0.5 + 0.42 * np.sin(turns)))]
    else:
        strokes = [_stroke(0.5, ratio, rng)]
        pen = Pen(height * float(rng.uniform(0.4, 0.8)), float(rng.uniform(0.6, 1.0)), 0.1)
    return _union(line, _draw(page, strokes, line, pen, rng))


def cross_out(page: Grey, area: Line, rng: np.random.Generator) -> Box:
    """Strikes a whole passage out in place with a slanting stroke or a cross; the box is the ink's."""
    left, top, right, bottom = area
    ratio, bow = (right - left) / (bottom - top), float(rng.normal(0, 0.03))
    rising = np.array([(0, 1), (ratio / 2, 0.5 + bow), (ratio, 0)])
    strokes = [rising] if rng.random() < 0.5 else [rising * (1, -1) + (0, 1)]
    if rng.random() < 0.3:
        strokes = [rising, rising * (1, -1) + (0, 1)]
    drawn = _draw(page, strokes, area, Pen.random(rng), rng)
    return drawn or (float(left), float(top), float(right), float(bottom))


def redact(page: Grey, line: Line, rng: np.random.Generator) -> Box:
    """Covers printed words in place.

    Mostly in black; sometimes grey with the words showing through a frame, blurred, or whited out.
    """
    left, top, right, bottom = line
    grow_x, grow_y = (int(v) for v in rng.integers(0, max(2, (bottom - top) // 3), 2))
    x0, y0 = max(0, left - grow_x), max(0, top - grow_y)
    x1, y1 = min(page.shape[1], right + grow_x), min(page.shape[0], bottom + grow_y)
    kind, area = rng.random(), page[y0:y1, x0:x1]
    if kind < 0.62:
        area[...] = int(rng.integers(0, 45))
        if kind < 0.12:
            _label(page, (x0, y0, x1, y1), 255, rng)
        if rng.random() < 0.15:
            _ragged(page, (x0, y0, x1, y1), rng)
    elif kind < 0.78:
        area[...] = np.minimum(area, int(rng.integers(150, 215)))
        if rng.random() < 0.7:
            _frame(area, int(rng.integers(30, 110)), int(rng.integers(1, 3)))
    elif kind < 0.84:
        area[...] = int(rng.integers(90, 190))
    elif kind < 0.9:
        area[...] = np.asarray(Image.fromarray(area).filter(ImageFilter.GaussianBlur(float(rng.uniform(3, 6)))))
    else:
        area[...] = 255
        if rng.random() < 0.7:
            _frame(area, int(rng.integers(0, 90)), 1)
        _label(page, (x0, y0, x1, y1), 0, rng)
    return float(x0), float(y0), float(x1), float(y1)


def _stroke(row: float, ratio: float, rng: np.random.Generator) -> np.ndarray:
    x = np.linspace(-rng.uniform(0, 0.3), ratio + rng.uniform(-0.1, 0.3), 7)
    return np.column_stack((x, row + rng.normal(0, 0.05, 7).cumsum() * 0.5 + rng.normal(0, 0.1)))


def _draw(page: Grey, strokes: list[np.ndarray], line: Line, pen: Pen, rng: np.random.Generator) -> Box | None:
    """Lays strokes over a line, in heights of it; the box of the ink."""
    height = line[3] - line[1]
    every = np.concatenate(strokes)
    low = every.min(axis=0)
    ink = Ink(tuple(np.column_stack((s, np.full(len(s), 0.7))).astype(np.float32) for s in strokes))
    mask = pen.write(ink, height)
    shade = int(rng.integers(0, 50) if rng.random() < 0.7 else rng.integers(50, 120))
    at = low * height + (line[0], line[1]) - pen.width / 2
    return lay(page, mask, round(float(at[0])), round(float(at[1])), shade)


def _typed_over(page: Grey, line: Line, rng: np.random.Generator) -> Box:
    height = line[3] - line[1]
    sign = str(rng.choice(["X", "x", "/", "-"]))
    size, width = height * float(rng.uniform(1.0, 1.4)), line[2] - line[0] + 4
    count = max(40, math.ceil(width / text_width(sign, "Courier", size)) + 2)
    mask = lettering(sign * count, "Courier", size)[:, :width]
    return _union(line, lay(page, mask, line[0] - 2, line[1] + (height - mask.shape[0]) // 2, int(rng.integers(60))))


def _label(page: Grey, box: Line, shade: int, rng: np.random.Generator) -> None:
    mask = lettering(str(rng.choice(CODES)), typeface(rng), max(7.0, min(14.0, (box[3] - box[1]) * 0.7)))
    left, top = (box[0] + box[2] - mask.shape[1]) // 2, (box[1] + box[3] - mask.shape[0]) // 2
    if left <= box[0] or top <= box[1]:
        return
    area = page[top : top + mask.shape[0], left : left + mask.shape[1]]
    part = mask / 255
    area[...] = (area * (1 - part) + shade * part).astype(np.uint8)


def _frame(area: Grey, shade: int, width: int) -> None:
    for side in (area[:width], area[-width:], area[:, :width], area[:, -width:]):
        side[...] = np.minimum(side, shade)


def _ragged(page: Grey, box: Line, rng: np.random.Generator) -> None:
    """Marker ends: strokes a little longer than the others."""
    x0, y0, x1, y1 = box
    for y in range(y0, y1, 3):
        end = min(page.shape[1], x1 + int(rng.integers(0, 3)))
        page[y : min(y + 3, y1), max(0, x0 - int(rng.integers(0, 3))) : end] = page[y0, x0]


def _union(line: Line, drawn: Box | None) -> Box:
    boxes = [line, drawn] if drawn else [line]
    return (
        float(min(box[0] for box in boxes)),
        float(min(box[1] for box in boxes)),
        float(max(box[2] for box in boxes)),
        float(max(box[3] for box in boxes)),
    )
