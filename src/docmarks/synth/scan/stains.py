"""Small things on a sheet that are easily taken for initials: punch holes, staples, smudges, hairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from docmarks.synth.handwriting.pen import Mask, lay

Grey = NDArray[np.uint8]

FINE = 4
"""Times the size at which they are drawn."""


def stains(crop: Grey, rng: np.random.Generator) -> Grey:
    """One to four of them anywhere on a copy of ``[H, W]``."""
    crop = crop.copy()
    stain(crop, rng)
    return crop


def stain(page: Grey, rng: np.random.Generator) -> None:
    """The same in place."""
    for _ in range(int(rng.integers(1, 5))):
        mask = KINDS[int(rng.choice(len(KINDS), p=CHANCES))](rng)
        left, top = (int(rng.integers(max(1, side))) for side in page.shape[::-1])
        lay(page, mask, left, top, int(rng.integers(0, 120) if rng.random() < 0.8 else rng.integers(120, 200)))


def hole(rng: np.random.Generator) -> Mask:
    """Coverage of a punch hole: black, or its rim, of which copies lose a part."""
    radius = float(rng.uniform(5, 14)) * FINE
    side = int(2 * radius) + 2 * FINE
    image = Image.new("L", (side, side))
    draw, box = ImageDraw.Draw(image), (FINE, FINE, side - FINE, side - FINE)
    if rng.random() < 0.3:
        draw.ellipse(box, fill=255)
    else:
        start, seen = float(rng.uniform(0, 360)), float(rng.uniform(70, 360))
        draw.arc(box, start, start + seen, fill=255, width=int(FINE * rng.uniform(0.8, 3)))
        if rng.random() < 0.3:  # the shadow on one side of it
            draw.chord(box, start, start + min(seen, 140), fill=255)
    return np.asarray(image.reduce(FINE))


def staple(rng: np.random.Generator) -> Mask:
    """Coverage of a staple, or of the two holes that one has left."""
    reach, turn = float(rng.uniform(5, 13)) * FINE, float(rng.uniform(0, np.pi))
    side, arm = int(2 * reach) + 6 * FINE, reach * np.array([np.cos(turn), np.sin(turn)])
    image = Image.new("L", (side, side))
    draw, ends = ImageDraw.Draw(image), (side / 2 - arm, side / 2 + arm)
    wide = float(rng.uniform(1, 2.6)) * FINE
    if rng.random() < 0.7:
        draw.line([tuple(end) for end in ends], fill=255, width=round(wide))
    else:
        for x, y in ends:
            draw.ellipse((x - wide, y - wide, x + wide, y + wide), fill=255)
    return np.asarray(image.reduce(FINE))


def smudge(rng: np.random.Generator) -> Mask:
    """Coverage of a smudge: any shape, ragged, often with gaps."""
    high, wide = (int(v) for v in np.exp(rng.uniform(np.log(6), np.log(50), 2)))
    soft = float(np.exp(rng.uniform(np.log(0.8), np.log(4))))
    noise = Image.fromarray(rng.integers(0, 256, (high, wide), dtype=np.uint8)).filter(ImageFilter.GaussianBlur(soft))
    cloud = np.asarray(noise, np.float32)
    away = np.hypot(np.linspace(-1, 1, high)[:, None], np.linspace(-1, 1, wide)[None])
    order = (cloud - cloud.mean()) / max(float(cloud.std()), 1e-6) - 2.5 * away
    return np.where(order > np.quantile(order, 1 - float(rng.uniform(0.1, 0.6))), 255, 0).astype(np.uint8)


def hair(rng: np.random.Generator) -> Mask:
    """Coverage of a hair, or of a thread of toner."""
    steps = 24
    bends = np.cumsum(rng.normal(0, 0.22, steps)) + np.linspace(0, rng.normal(), steps)
    turns = float(rng.uniform(0, 2 * np.pi)) + bends
    step = float(rng.uniform(15, 70)) * FINE / steps
    path = np.cumsum(step * np.column_stack((np.cos(turns), np.sin(turns))), axis=0)
    path -= path.min(axis=0) - FINE
    image = Image.new("L", (int(path[:, 0].max()) + 2 * FINE, int(path[:, 1].max()) + 2 * FINE))
    ImageDraw.Draw(image).line([tuple(at) for at in path], fill=255, width=int(FINE * rng.uniform(0.7, 1.6)))
    return np.asarray(image.reduce(FINE))


KINDS: tuple[Callable[[np.random.Generator], Mask], ...] = (hole, staple, smudge, hair)
CHANCES = (0.35, 0.2, 0.3, 0.15)
