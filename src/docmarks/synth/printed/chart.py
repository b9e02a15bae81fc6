"""Charts: axes, bars or lines with points, and labels that run slantwise or upwards. No marks.

Slanted labels look like notes, black bars like redactions, hollow points like checkboxes.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.lettering import Typeface, lettering
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import people, words

INK = 255


def chart(rng: np.random.Generator, case: TypeCase) -> Mask:
    """Coverage ``[h, w]`` of a chart of three to nine values, 100 to 420 pixels each way beside its labels."""
    count, face, size = int(rng.integers(3, 10)), case.face(rng), float(rng.uniform(8, 17))
    wide, high = int(rng.integers(140, 420)), int(rng.integers(100, 300))
    plot = Image.new("L", (wide, high))
    draw = ImageDraw.Draw(plot)
    draw.line((0, 0, 0, high - 1, wide - 1, high - 1), fill=INK, width=int(rng.integers(1, 4)))
    for i in range(int(rng.integers(0, 6))):
        draw.line((0, i * high / 5, wide, i * high / 5), fill=int(rng.integers(60, 200)))
    values = rng.uniform(0.08, 0.95, count)
    across = [round((i + 0.5) * wide / count) for i in range(count)]
    if rng.random() < 0.55:
        _bars(plot, across, values, face, size, rng)
    else:
        _points(draw, across, high * (1 - values), rng)
    return _labelled(plot, across, face, size, rng)


def _bars(
    plot: Image.Image, across: list[int], values: np.ndarray, face: Typeface, size: float, rng: np.random.Generator
) -> None:
    """Black or grey, their values over them or light within them."""
    draw, high = ImageDraw.Draw(plot), plot.height
    half = max(2, round(float(rng.uniform(0.2, 0.46)) * plot.width / len(across)))
    tone = INK if rng.random() < 0.5 else int(rng.integers(60, 230))
    says = rng.random() < 0.5
    for x, value in zip(across, values, strict=True):
        top = round(high * (1 - float(value)))
        draw.rectangle((x - half, top, x + half, high - 1), fill=tone, outline=INK)
        if says:
            said = Image.fromarray(lettering(f"{100 * value:.1f}", face, size))
            within = tone > 150 and said.width < 2 * half and said.height + 6 < high - top
            at = (x - said.width // 2, top + 4 if within else top - said.height - 3)
            plot.paste(0 if within else INK, at, said)


def _points(draw: ImageDraw.ImageDraw, across: list[int], down: np.ndarray, rng: np.random.Generator) -> None:
    """Points, at times on a line: discs, squares and crosses, solid or hollow."""
    r, line = int(rng.integers(2, 9)), int(rng.integers(1, 4))
    kind, hollow = int(rng.integers(3)), rng.random() < 0.5
    at = [(x, float(y)) for x, y in zip(across, down, strict=True)]
    if rng.random() < 0.7:
        draw.line(at, fill=INK, width=line)
    for x, y in at:
        box = (x - r, y - r, x + r, y + r)
        if kind == 2:
            draw.line(box, fill=INK, width=line)
            draw.line((box[0], box[3], box[2], box[1]), fill=INK, width=line)
        else:
            shape = draw.ellipse if kind else draw.rectangle
            shape(box, fill=0 if hollow else INK, outline=INK, width=line)


def _labelled(plot: Image.Image, across: list[int], face: Typeface, size: float, rng: np.random.Generator) -> Mask:
    """The plot with what stands under its values: level, upwards, or slantwise with its end at the axis."""
    angle = float(rng.choice((0, 90, 45, 45, 30, 60, -45)))
    says = _year if angle == 0 else _label  # what is level must be short
    printed = (Image.fromarray(lettering(says(rng), face, size)) for _ in across)
    labels = [label.rotate(angle, Image.Resampling.BILINEAR, expand=True) for label in printed]
    before = 1.0 if 0 < angle < 90 else 0.0 if angle < 0 else 0.5  # so much of a label is left of its value
    lefts = [x - int(label.width * before) for x, label in zip(across, labels, strict=True)]
    start = min(0, *lefts)
    end = max(plot.width, *(left + label.width for left, label in zip(lefts, labels, strict=True)))
    whole = Image.new("L", (end - start, plot.height + 6 + max(label.height for label in labels)))
    whole.paste(plot, (-start, 0))
    for left, label in zip(lefts, labels, strict=True):
        at = (left - start, plot.height + 6)
        whole.paste(ImageChops.lighter(label, whole.crop((*at, at[0] + label.width, at[1] + label.height))), at)
    return np.asarray(whole)


def _year(rng: np.random.Generator) -> str:
    return str(rng.integers(1950, 2026))


def _label(rng: np.random.Generator) -> str:
    kind = rng.random()
    if kind < 0.3:
        return _year(rng)
    return people.name(rng) if kind < 0.45 else words.phrase(rng, int(rng.integers(1, 4))).title()
