"""What paper, ink and telephone lines do to a page before or after a scanner sees it; nothing is moved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Grey = NDArray[np.uint8]


def bleed_through(crop: Grey, rng: np.random.Generator) -> Grey:
    """The back of the sheet shows: print as dense as this side's, in a mirror, pale and soft."""
    strength = float(rng.uniform(0.08, 0.3))
    back = np.roll(crop[:, ::-1], tuple(int(v) for v in rng.integers(0, crop.shape[0], 2)), axis=(0, 1))
    soft = Image.fromarray(np.ascontiguousarray(back)).filter(ImageFilter.GaussianBlur(float(rng.uniform(0.8, 2.0))))
    curve = 1 - strength * (1 - np.arange(256, dtype=np.float32) / 255)
    return (crop * curve[np.asarray(soft)]).astype(np.uint8)


def spread(crop: Grey, rng: np.random.Generator) -> Grey:
    """Ink has run into the paper, or thin strokes have faded: a part of the way to the darkest neighbour, or lightest.

    Fading goes half as far, so that a thin stroke stays to be seen.
    """
    image = Image.fromarray(crop)
    if rng.random() < 0.6:
        return np.asarray(Image.blend(image, image.filter(ImageFilter.MinFilter(3)), float(rng.uniform(0.2, 0.9))))
    return np.asarray(Image.blend(image, image.filter(ImageFilter.MaxFilter(3)), float(rng.uniform(0.1, 0.45))))


def fax(crop: Grey, rng: np.random.Generator) -> Grey:
    """Group 3: fewer lines than columns (204 x 98 or 204 x 196 an inch), one bit a pixel, now and then a torn line."""
    height, width = crop.shape
    rows = max(1, round(height * (0.55 if rng.random() < 0.4 else 0.9)))
    sent = np.asarray(Image.fromarray(crop).resize((width, rows), Image.Resampling.BILINEAR))
    level = float(rng.uniform(0.6, 0.85)) * float(np.percentile(sent[::5, ::5], 75))
    bits = np.where(sent < level, 0, 255).astype(np.uint8)
    for _ in range(int(rng.poisson(1.0))):
        row, start = int(rng.integers(rows)), int(rng.integers(width))
        bits[row, start : start + int(rng.integers(20, 300))] = 255 * int(rng.random() < 0.5)
    return np.asarray(Image.fromarray(bits).resize((width, height), Image.Resampling.BILINEAR))
