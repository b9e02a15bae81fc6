"""What pens leave on pages without writing: ticks, circles, underlines, arrows, braces; they are no marks."""

from __future__ import annotations

import numpy as np

from docmarks.synth.handwriting.pen import Pen, lay
from docmarks.synth.handwriting.penmanship import Points, smooth
from docmarks.synth.handwriting.strokes import Ink
from docmarks.synth.paper import Line, Paper, around

Grey = np.ndarray

TWICE = 0.25
"""Of the underlines, those that the pen draws there and back."""


def scrawl(page: Grey, paper: Paper, rng: np.random.Generator) -> None:
    """Adds one in place and keeps later marks off it."""
    kind = rng.random()
    words = paper.words(rng) if kind < 0.55 else []
    if words:
        line = around(words[: int(rng.integers(1, 4))])
        _lay(page, paper, _circle(line, rng) if kind < 0.25 else _underline(line, rng), rng)
        return
    size = float(rng.uniform(14, 60))
    at = paper.place(round(size * 2), round(size * 1.4), rng, 0.05)
    if at is not None:
        _lay(page, paper, _sign(rng) * size + at, rng)


def _lay(page: Grey, paper: Paper, path: Points, rng: np.random.Generator) -> None:
    low, high = path.min(axis=0), path.max(axis=0)
    if low.min() < 0 or not paper.is_free((low[0], low[1], high[0], high[1])):
        return
    height = max(float(high[1] - low[1]), 1.0)
    stroke = np.column_stack(((path - low) / height, np.full(len(path), 0.7))).astype(np.float32)
    mask = Pen.random(rng).write(Ink((stroke,)), height)
    box = lay(page, mask, round(low[0]), round(low[1]), int(rng.integers(0, 60)))
    if box is not None:
        paper.take(box)


def _circle(line: Line, rng: np.random.Generator) -> Points:
    x, y = (line[0] + line[2]) / 2, (line[1] + line[3]) / 2
    a, b = (line[2] - line[0]) / 2 * 1.2 + 4, (line[3] - line[1]) / 2 * 1.3 + 5
    turn = np.linspace(0, 2 * np.pi * float(rng.uniform(0.95, 1.15)), 30) + float(rng.uniform(0, 6))
    grow = 1 + 0.06 * np.sin(turn * 0.7)
    return np.column_stack((x + a * grow * np.cos(turn), y + b * grow * np.sin(turn)))


def _underline(line: Line, rng: np.random.Generator) -> Points:
    """Under the words or through their feet, which strikes nothing out; some come back once more, lower."""
    x = np.linspace(line[0] - 3, line[2] + 5, 6)
    y = line[3] + rng.uniform(-0.15 * (line[3] - line[1]), 4) + rng.normal(0, 0.8, 6).cumsum()
    once = np.column_stack((x, y))
    if rng.random() < TWICE:
        back = np.column_stack((x, y + rng.uniform(2, 5) + rng.normal(0, 0.5, 6).cumsum()))[::-1]
        return np.concatenate((once, back))
    return once


def _sign(rng: np.random.Generator) -> Points:
    """A tick, an arrow, a brace or a wave, a unit high."""
    kind = int(rng.integers(4))
    if kind == 0:
        shape = np.array([(0, 0.6), (0.25, 1), (rng.uniform(0.6, 1.6), 0)])
    elif kind == 1:
        shape = np.array([(0, 0.5), (1.8, 0.5), (1.5, 0.3), (1.8, 0.5), (1.5, 0.75)])
    elif kind == 2:
        shape = np.array([(0.3, 0), (0.1, 0.1), (0.15, 0.4), (0, 0.5), (0.15, 0.6), (0.1, 0.9), (0.3, 1)])
    else:
        shape = np.column_stack((np.linspace(0, 1.8, 7), 0.3 + 0.1 * np.sin(np.arange(7) * 2.0)))
    shape = shape + rng.normal(0, 0.03, shape.shape)
    return np.clip(shape if kind == 1 else smooth(shape, 5), 0, None)
