"""What scanners, faxes and copiers do to a page, without moving anything on it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Grey = NDArray[np.uint8]


def contrast(crop: Grey, rng: np.random.Generator) -> Grey:
    """Another black, another white, another gamma."""
    # Most copies are white; photographs and thick paper are not.
    black = rng.uniform(0, 70) if rng.random() < 0.6 else 0.0
    white = rng.uniform(235, 255) if rng.random() < 0.5 else rng.uniform(180, 240)
    gamma = float(np.exp(rng.normal(0, 0.25)))
    curve = black + (white - black) * (np.arange(256) / 255) ** gamma
    return curve.astype(np.uint8)[crop]


def coarse(crop: Grey, rng: np.random.Generator) -> Grey:
    """Scanned at a low resolution and enlarged."""
    image = Image.fromarray(crop)
    share = float(rng.uniform(0.5, 0.9))
    small = image.resize(
        (max(1, round(image.width * share)), max(1, round(image.height * share))), Image.Resampling.BILINEAR
    )
    back = Image.Resampling.BICUBIC if rng.random() < 0.7 else Image.Resampling.BILINEAR
    return np.asarray(small.resize(image.size, back))


def blur(crop: Grey, rng: np.random.Generator) -> Grey:
    """Slightly out of focus."""
    radius = float(rng.uniform(0.3, 0.9))
    return np.asarray(Image.fromarray(crop).filter(ImageFilter.GaussianBlur(radius)))


def noise(crop: Grey, rng: np.random.Generator) -> Grey:
    """Grain."""
    # A tile repeated: drawing noise for every pixel takes longer than everything else here.
    tile = rng.standard_normal((173, 191), dtype=np.float32) * np.float32(rng.uniform(2, 14))
    rows, columns = -(-crop.shape[0] // 173), -(-crop.shape[1] // 191)
    grain = np.tile(tile, (rows, columns))[: crop.shape[0], : crop.shape[1]]
    return np.clip(crop + grain, 0, 255).astype(np.uint8)


def threshold(crop: Grey, rng: np.random.Generator) -> Grey:
    """One bit a pixel, at the resolution at which we see it."""
    return np.where(crop < rng.uniform(130, 215), 0, 255).astype(np.uint8)


def bilevel(crop: Grey, rng: np.random.Generator) -> Grey:
    """One bit a pixel at twice the resolution, then seen smaller: how most archives of paper look.

    The copier before it has made lines thicker, or has lost the thin ones.
    """
    height, width = crop.shape
    large = Image.fromarray(crop).resize((width * 2, height * 2), Image.Resampling.BICUBIC)
    weight = rng.random()
    if weight < 0.15:
        large = large.filter(ImageFilter.MinFilter(3))
    elif weight < 0.25:
        large = large.filter(ImageFilter.MaxFilter(3))
    level = float(rng.uniform(110, 215))
    bits = large.point([0 if v < level else 255 for v in range(256)])
    return np.asarray(bits.reduce(2))


def posterise(crop: Grey, rng: np.random.Generator) -> Grey:
    """A few greys."""
    step = 255 / (int(rng.choice([3, 7, 15])))
    return (np.round(np.arange(256) / step) * step).astype(np.uint8)[crop]


def jpeg(crop: Grey, rng: np.random.Generator) -> Grey:
    """Block artefacts."""
    buffer = io.BytesIO()
    Image.fromarray(crop).save(buffer, "JPEG", quality=int(rng.integers(25, 80)))
    buffer.seek(0)
    return np.asarray(Image.open(buffer))


def shadow(crop: Grey, rng: np.random.Generator) -> Grey:
    """Uneven light: a plane of grey over the page."""
    height, width = crop.shape
    x, y = (np.float32(v) for v in rng.uniform(-0.25, 0.25, 2))
    rows = y * np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    plane = 1 + x * np.linspace(-1, 1, width, dtype=np.float32) + rows
    return (crop * np.clip(plane, 0, 1)).astype(np.uint8)


STEPS: tuple[tuple[Callable[[Grey, np.random.Generator], Grey], float], ...] = (
    (shadow, 0.15),
    (blur, 0.2),
    (coarse, 0.12),
    (bilevel, 0.22),
    (threshold, 0.05),
    (posterise, 0.08),
    (contrast, 0.45),
    (noise, 0.18),
    (jpeg, 0.2),
)
"""In the order in which they happen to paper, each with its probability; none of them moves a pixel."""


def degrade(crop: Grey, rng: np.random.Generator, chances: Mapping[str, float] | None = None) -> Grey:
    """A crop ``[H, W]`` as another device would have seen it.

    Args:
        crop: Not changed.
        rng: The same one is the same device.
        chances: Step to its probability, in place of those of ``STEPS``; a step that is not named never happens.
    """
    for step, probability in STEPS:
        if rng.random() < (probability if chances is None else chances.get(step.__name__, 0.0)):
            crop = step(crop, rng)
    return crop
