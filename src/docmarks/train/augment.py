"""What scanners, faxes and phones do to the grey values of a crop; no pixel moves."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

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
        1
        + x * np.linspace(-1, 1, width, dtype=np.float32)
        + y * np.linspace(-1, 1, height, dtype=np.float32)[:, None]
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
"""In the order in which they happen to paper, each with its probability."""


def degrade(crop: Grey, rng: np.random.Generator) -> Grey:
    """A crop ``[H, W]`` as another device would have seen it."""
    for step, probability in STEPS:
        if rng.random() < probability:
            crop = step(crop, rng)
    return crop
