"""What scanners, faxes and phones do to a page."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from docmarks.marks import Mark

Grey = NDArray[np.uint8]


def contrast(crop: Grey, rng: np.random.Generator) -> Grey:
    """Another black, another white, another gamma."""
    black, white = rng.uniform(0, 70), rng.uniform(190, 255)
    gamma = float(np.exp(rng.normal(0, 0.25)))
    curve = black + (white - black) * (np.arange(256) / 255) ** gamma
    return curve.astype(np.uint8)[crop]


def blur(crop: Grey, rng: np.random.Generator) -> Grey:
    """Slightly out of focus."""
    radius = float(rng.uniform(0.3, 0.9))
    return np.asarray(Image.fromarray(crop).filter(ImageFilter.GaussianBlur(radius)))


def noise(crop: Grey, rng: np.random.Generator) -> Grey:
    """Grain."""
    grain = rng.standard_normal(crop.shape, dtype=np.float32) * np.float32(rng.uniform(2, 14))
    return np.clip(crop + grain, 0, 255).astype(np.uint8)


def threshold(crop: Grey, rng: np.random.Generator) -> Grey:
    """One bit a pixel, as an office scanner saves it."""
    return np.where(crop < rng.uniform(130, 215), 0, 255).astype(np.uint8)


def posterise(crop: Grey, rng: np.random.Generator) -> Grey:
    """A few greys."""
    step = 255 / (int(rng.choice([3, 7, 15])))
    return (np.round(crop / step) * step).astype(np.uint8)


def jpeg(crop: Grey, rng: np.random.Generator) -> Grey:
    """Block artefacts."""
    buffer = io.BytesIO()
    Image.fromarray(crop).save(buffer, "JPEG", quality=int(rng.integers(25, 80)))
    buffer.seek(0)
    return np.asarray(Image.open(buffer))


def shadow(crop: Grey, rng: np.random.Generator) -> Grey:
    """Uneven light: a plane of grey over the page."""
    height, width = crop.shape
    x, y = rng.uniform(-0.25, 0.25, 2)
    plane = (
        1 + x * np.linspace(-1, 1, width, dtype=np.float32) + y * np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    )
    return np.clip(crop * np.minimum(plane, 1.0), 0, 255).astype(np.uint8)


STEPS: tuple[tuple[Callable[[Grey, np.random.Generator], Grey], float], ...] = (
    (blur, 0.25),
    (threshold, 0.12),
    (posterise, 0.08),
    (contrast, 0.5),
    (shadow, 0.15),
    (noise, 0.2),
    (jpeg, 0.2),
)
"""In the order in which they happen to paper, each with its probability; none of them moves a pixel."""


def degrade(crop: Grey, rng: np.random.Generator) -> Grey:
    """A crop ``[H, W]`` as another device would have seen it."""
    for step, probability in STEPS:
        if rng.random() < probability:
            crop = step(crop, rng)
    return crop


def skew(page: Grey, marks: Sequence[Mark], degrees: float) -> tuple[Grey, list[Mark]]:
    """Turns a page about its middle, counter-clockwise, and its boxes with it.

    A turned box becomes the upright box of the ellipse that filled it: ink seldom reaches a box's corners, so the
    upright box of the turned corners would be too large.

    Args:
        page: ``[H, W]``; what comes in from outside is white.
        marks: On the page.
        degrees: Small, as a sheet lies on a scanner.
    """
    height, width = page.shape
    turned = Image.fromarray(page).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    angle = math.radians(degrees)
    c, s = math.cos(angle), math.sin(angle)
    moved = []
    for mark in marks:
        left, top, right, bottom = mark.box
        x, y = (left + right - width) / 2, (top + bottom - height) / 2
        a, b = (right - left) / 2, (bottom - top) / 2
        cx, cy = width / 2 + c * x + s * y, height / 2 - s * x + c * y
        half_x, half_y = math.hypot(a * c, b * s), math.hypot(a * s, b * c)
        box = (
            min(max(cx - half_x, 0.0), width),
            min(max(cy - half_y, 0.0), height),
            min(max(cx + half_x, 0.0), width),
            min(max(cy + half_y, 0.0), height),
        )
        moved.append(Mark(box, mark.labels, mark.scores, mark.ignore))
    return np.asarray(turned), moved


def dirt(page: Grey, rng: np.random.Generator) -> Grey:
    """Punch holes, fax lines, black borders and specks."""
    page = page.copy()
    height, width = page.shape
    kind = rng.random()
    if kind < 0.35:
        x, radius = int(rng.uniform(0.02, 0.05) * width), int(rng.integers(7, 13))
        for y in (0.15, 0.5, 0.85) if rng.random() < 0.5 else (0.3, 0.7):
            yy, xx = np.ogrid[:height, :width]
            page[(yy - y * height) ** 2 + (xx - x) ** 2 < radius**2] = int(rng.integers(0, 120))
    elif kind < 0.55:
        for _ in range(int(rng.integers(1, 4))):
            page[:, int(rng.integers(width))] = int(rng.integers(0, 180))
    elif kind < 0.8:
        edge = int(rng.integers(3, 22))
        side = (page[:, :edge], page[:, -edge:], page[:edge], page[-edge:])[int(rng.integers(4))]
        side[...] = int(rng.integers(0, 60))
    specks = int(rng.integers(0, 120))
    ys, xs = rng.integers(1, height - 1, specks), rng.integers(1, width - 1, specks)
    page[ys, xs] = 0
    page[ys[::3], xs[::3] + 1] = 0
    return page
