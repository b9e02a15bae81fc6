"""Marks that lie on printed text: strikethroughs and redactions."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from docmarks.marks import Box
from docmarks.synth.ink import Ink
from docmarks.synth.pen import Pen, lay

Grey = np.ndarray


def strike(page: Grey, line: tuple[int, int, int, int], rng: np.random.Generator) -> Box:
    """Strikes a printed line out in place: one stroke, two, or a zigzag; the box holds text and ink."""
    left, top, right, bottom = line
    width, height = right - left, bottom - top
    kind = rng.random()
    ratio = width / height
    if kind < 0.75:
        rows = [0.5] if kind < 0.55 else [0.35, 0.65]
        strokes = []
        for row in rows:
            x = np.linspace(-0.15, ratio + 0.15, 6)
            strokes.append(np.column_stack((x, row + rng.normal(0, 0.06, 6).cumsum() * 0.5)))
    else:
        n = max(4, int(ratio * float(rng.uniform(1.2, 2.5))))
        strokes = [np.column_stack((np.linspace(0, ratio, n), np.tile([0.1, 0.9], n)[:n] + rng.normal(0, 0.1, n)))]
    ink = Ink(tuple(np.column_stack((s, np.full(len(s), 0.7))).astype(np.float32) for s in strokes))
    every = np.concatenate(strokes)
    mask = Pen.random(rng).write(ink, height)
    y = top + float(every[:, 1].min()) * height
    drawn = lay(page, mask, round(left + float(every[:, 0].min()) * height), round(y), int(rng.integers(0, 80)))
    boxes = [line, drawn] if drawn else [line]
    return _around(boxes)


def redact(page: Grey, line: tuple[int, int, int, int], rng: np.random.Generator) -> Box:
    """Covers a printed line, sometimes several, in place: black mostly, grey or white with a frame at times."""
    left, top, right, bottom = line
    height = bottom - top
    grow = int(rng.integers(0, max(2, height // 3)))
    rows = int(rng.integers(1, 7)) if rng.random() < 0.3 else 1
    x0, y0 = max(0, left - grow), max(0, top - grow)
    x1, y1 = (
        min(page.shape[1], right + grow),
        min(page.shape[0], bottom + grow + (rows - 1) * round(height * 1.6)),
    )
    kind = rng.random()
    area = page[y0:y1, x0:x1]
    if kind < 0.85:
        area[...] = int(rng.integers(0, 45))
        if kind < 0.15 and x1 - x0 > 40:
            _label(page, (x0, y0, x1, y1), str(rng.choice(["(b)(6)", "(b)(4)", "REDACTED", "(b)(7)(C)"])))
    elif kind < 0.93:
        area[...] = int(rng.integers(100, 190))
    else:
        area[...] = 255
        image = Image.fromarray(page)
        ImageDraw.Draw(image).rectangle((x0, y0, x1 - 1, y1 - 1), outline=0)
        page[...] = np.asarray(image)
        _label(page, (x0, y0, x1, y1), "(b)(6)", 0)
    return float(x0), float(y0), float(x1), float(y1)


def _label(page: Grey, box: tuple[int, int, int, int], text: str, shade: int = 255) -> None:
    image = Image.fromarray(page)
    font = ImageFont.load_default(max(8, min(14, (box[3] - box[1]) * 2 // 3)))
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    ImageDraw.Draw(image).text(middle, text, fill=shade, font=font, anchor="mm")
    page[...] = np.asarray(image)


def _around(boxes: list[tuple[int, int, int, int]]) -> Box:
    return (
        float(min(b[0] for b in boxes)),
        float(min(b[1] for b in boxes)),
        float(max(b[2] for b in boxes)),
        float(max(b[3] for b in boxes)),
    )
