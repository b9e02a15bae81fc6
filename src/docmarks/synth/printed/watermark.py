"""Watermarks: words or an emblem in grey under what is printed, as large as the page. No marks, whatever they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.synth.handwriting.pen import Mask, lay
from docmarks.synth.printed.lettering import lettering
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import words

Grey = NDArray[np.uint8]

SAID = (
    *("DRAFT", "COPY", "SAMPLE", "VOID", "CONFIDENTIAL", "DO NOT COPY", "DO NOT FILE", "NOT FOR FILING", "SPECIMEN"),
    *("INFORMATION ONLY", "INTERNAL USE ONLY", "UNCONTROLLED COPY", "DUPLICATE", "PREVIEW", "ARCHIVE", "CANCELLED"),
    *("ORIGINAL", "OFFICIAL", "ENTWURF", "KOPIE", "MUSTER", "BROUILLON", "COPIE", "BORRADOR", "COPIA", "BOZZA"),
)

PALE, DARKEST = 232, 120
"""Greys of a watermark."""


def watermark(page: Grey, rng: np.random.Generator, case: TypeCase, long_side: float) -> Grey:
    """The page with a watermark, of which it may show a part.

    Args:
        page: ``[H, W]``, a page or a part of one; not changed.
        rng: Everything random comes from it.
        case: Typefaces and pictures.
        long_side: Of the whole page, in pixels.
    """
    page = page.copy()
    kind, angle = rng.random(), _angle(rng)
    if kind < 0.2 and case.has_logos:
        mask = case.logo(round(long_side * float(rng.uniform(0.15, 0.5))), rng)
    else:
        mask = lettering(words.pick(rng, SAID), case.face(rng), long_side * float(rng.uniform(0.04, 0.18)))
        mask = _hollow(mask) if rng.random() < 0.12 else mask
        mask = np.asarray(Image.fromarray(mask).rotate(angle, Image.Resampling.BILINEAR, expand=True))
    if rng.random() < 0.15:
        mask = _repeated(mask, page.shape, round(long_side * float(rng.uniform(0.1, 0.25))))
    (height, width), (high, wide) = page.shape, mask.shape
    left = round(float(rng.uniform(-0.1, 1.1)) * width) - wide // 2
    top = round(float(rng.uniform(-0.1, 1.1)) * height) - high // 2
    shade = int(rng.integers(DARKEST, PALE))
    if rng.random() < 0.15:  # a scanner of one bit a pixel sees dots
        mask, shade = _dotted(mask, rng), int(rng.integers(0, 90))
    lay(page, mask, left, top, shade)
    return page


def _angle(rng: np.random.Generator) -> float:
    kind = rng.random()
    if kind < 0.7:
        return float(rng.uniform(25, 65))
    return float(rng.uniform(-60, -25)) if kind < 0.8 else 0.0


def _hollow(mask: Mask) -> Mask:
    """Outlines of letters, as thick as a fiftieth of their height."""
    step = max(1, mask.shape[0] // 50)
    around = np.pad(mask, step)
    moved = [np.roll(around, (dy * step, dx * step), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    outline: Mask = np.max(moved, axis=0) - np.min(moved, axis=0)
    return outline


def _repeated(mask: Mask, shape: tuple[int, ...], size: int) -> Mask:
    """Small, again and again, over three times as much as a page of this shape."""
    image = Image.fromarray(mask)
    image.thumbnail((size, size))
    small = np.pad(np.asarray(image), max(2, size // 6))
    times = [3 * side // of_one + 1 for side, of_one in zip(shape, small.shape, strict=True)]
    return np.tile(small, times)


def _dotted(mask: Mask, rng: np.random.Generator) -> Mask:
    step = int(rng.integers(3, 6))
    rows, columns = np.indices(mask.shape)
    return np.where((rows % step < step // 2) & ((columns + rows // step * (step // 2)) % step < step // 2), mask, 0)
