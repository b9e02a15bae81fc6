"""What comes onto paper and glass: punch holes, lines of a fax, black edges, toner, specks, stains."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.synth.handwriting.pen import lay
from docmarks.synth.scan.stains import hole, stain

Grey = NDArray[np.uint8]


def dirt(page: Grey, rng: np.random.Generator) -> Grey:
    """One to three kinds of dirt on a copy of the page ``[H, W]``."""
    page = page.copy()
    for _ in range(int(rng.integers(1, 4))):
        KINDS[int(rng.choice(len(KINDS), p=CHANCES))](page, rng)
    return page


def _holes(page: Grey, rng: np.random.Generator) -> None:
    """Of a binder, all alike, along the left or the upper edge."""
    height, width = page.shape
    mask, grey = hole(rng), int(rng.choice([0, 30, 120, 215]))
    places = (0.15, 0.5, 0.85) if rng.random() < 0.5 else (0.36, 0.64)
    at_side = rng.random() < 0.7
    away = float(rng.uniform(0.015, 0.05))
    for place in places:
        x, y = (away * width, place * height) if at_side else (place * width, away * height)
        lay(page, mask, round(x - mask.shape[1] / 2), round(y - mask.shape[0] / 2), grey)


def _lines(page: Grey, rng: np.random.Generator) -> None:
    height, width = page.shape
    for _ in range(int(rng.integers(1, 4))):
        grey, x = int(rng.integers(0, 180)), int(rng.integers(width))
        start, end = sorted(int(v) for v in rng.integers(0, height, 2)) if rng.random() < 0.4 else (0, height)
        column = page[start:end, x]
        column[rng.random(end - start) < rng.uniform(0.5, 1.0)] = grey


def _edge(page: Grey, rng: np.random.Generator) -> None:
    """What lay beside the sheet: black, straight or slanting."""
    deep, slant = int(rng.integers(3, 60)), float(rng.normal(0, 12))
    grey = int(rng.integers(0, 50))
    view = (page, page[:, ::-1], page.T, page.T[:, ::-1])[int(rng.integers(4))]
    reach = np.clip(deep + slant * np.linspace(-1, 1, view.shape[0]) + rng.normal(0, 0.6, view.shape[0]), 0, None)
    band = view[:, : int(reach.max()) + 1]
    band[np.arange(band.shape[1])[None] < reach[:, None]] = grey


def _toner(page: Grey, rng: np.random.Generator) -> None:
    """Clouds of dots."""
    height, width = page.shape
    h, w = int(height * rng.uniform(0.05, 0.4)), int(width * rng.uniform(0.1, 0.9))
    top, left = int(rng.integers(0, height - h)), int(rng.integers(0, width - w))
    if rng.random() < 0.6:
        top = 0 if rng.random() < 0.5 else height - h
    rough = Image.fromarray(rng.integers(0, 256, (4, 5), dtype=np.uint8)).resize((w, h), Image.Resampling.BICUBIC)
    dense = np.asarray(rough, np.float32) / 255 * np.float32(rng.uniform(0.01, 0.12))
    area = page[top : top + h, left : left + w]
    area[rng.random((h, w), dtype=np.float32) < dense] = int(rng.integers(0, 90))


def _specks(page: Grey, rng: np.random.Generator) -> None:
    height, width = page.shape
    count = int(np.exp(rng.uniform(2.5, 6.2)))
    ys, xs = rng.integers(1, height - 1, count), rng.integers(1, width - 1, count)
    page[ys, xs] = 0
    page[ys[::3], xs[::3] + 1] = 0
    page[ys[::5] + 1, xs[::5]] = 0


KINDS: tuple[Callable[[Grey, np.random.Generator], None], ...] = (_holes, _lines, _edge, _toner, _specks, stain)
CHANCES = (0.17, 0.13, 0.23, 0.1, 0.26, 0.11)
