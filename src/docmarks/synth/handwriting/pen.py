"""Strokes to pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from docmarks.synth.handwriting.strokes import Ink

Mask = NDArray[np.uint8]

SUPERSAMPLE = 3


@dataclass(frozen=True)
class Pen:
    """A writing instrument.

    Attributes:
        width: Of the line in pixels.
        darkness: 0..1, how much of the paper it covers.
        pressure: 0..1, how much the width follows the hand's pressure.
    """

    width: float = 1.8
    darkness: float = 0.9
    pressure: float = 0.5

    @classmethod
    def random(cls, rng: np.random.Generator, height: float = 60.0, broad: float = 1.0) -> Pen:
        """A ballpoint mostly, sometimes a fine or a felt pen; never too broad for writing ``height`` pixels high."""
        kind = rng.random()
        low, high = (1.3, 2.4) if kind < 0.65 else (0.8, 1.3) if kind < 0.8 else (2.4, 4.0)
        darkness = rng.uniform(0.85, 1.0) if rng.random() < 0.75 else rng.uniform(0.5, 0.85)
        width = min(float(rng.uniform(low, high)) * broad, max(0.9, 0.085 * height))
        return cls(width, float(darkness), float(rng.uniform(0, 0.7)))

    def write(self, ink: Ink, height: float, slant: float = 0.0, stretch: float = 1.0, turn: float = 0.0) -> Mask:
        """Writes ``ink`` so high: coverage ``[h, w]`` in 0..255, cropped to what is visible.

        Args:
            ink: What to write.
            height: In pixels, before slanting and turning.
            slant: Pixels to the right a pixel up.
            stretch: Widens.
            turn: In radians, counter-clockwise.
        """
        matrix = self.matrix(height, slant, stretch, turn) * SUPERSAMPLE
        paths = [(stroke[:, :2] @ matrix, stroke[:, 2]) for stroke in ink.strokes]
        every = np.concatenate([path for path, _ in paths])
        margin = self.width * SUPERSAMPLE + 2
        low = every.min(axis=0) - margin
        size = np.ceil(every.max(axis=0) + margin - low).astype(int)
        canvas = Image.new("L", (int(size[0]), int(size[1])))
        draw = ImageDraw.Draw(canvas)
        for path, pressure in paths:
            self._stroke(draw, path - low, pressure)
        small = canvas.reduce(SUPERSAMPLE)
        box = small.getbbox()
        mask = np.asarray(small.crop(box) if box else small)
        return (mask * self.darkness).astype(np.uint8)

    @staticmethod
    def matrix(height: float, slant: float = 0.0, stretch: float = 1.0, turn: float = 0.0) -> NDArray[np.float64]:
        """Where ink comes to in pixels, as ``write`` writes it: points ``[n, 2]`` of it times this ``[2, 2]``."""
        c, s = np.cos(turn), np.sin(turn)
        turned: NDArray[np.float64] = np.array([[stretch, 0], [-slant, 1]]) @ np.array([[c, -s], [s, c]]) * height
        return turned

    def _stroke(self, draw: ImageDraw.ImageDraw, path: NDArray[np.floating], pressure: NDArray[np.floating]) -> None:
        base = self.width * SUPERSAMPLE
        widths = base * (1 - self.pressure + self.pressure * np.clip(pressure * 1.6, 0.2, 1.3))
        if len(path) == 1 or np.ptp(path, axis=0).max() < 1:
            x, y = path[0]
            draw.ellipse((x - base / 2, y - base / 2, x + base / 2, y + base / 2), fill=255)
            return
        for (x0, y0), (x1, y1), width in zip(path[:-1], path[1:], widths[1:], strict=True):
            draw.line((x0, y0, x1, y1), fill=255, width=max(1, round(float(width))))
            if width > 3:
                r = float(width) / 2
                draw.ellipse((x1 - r, y1 - r, x1 + r, y1 + r), fill=255)


def lay(page: NDArray[np.uint8], mask: Mask, left: int, top: int, shade: int = 0) -> tuple[int, int, int, int] | None:
    """Lays coverage over the page in place; ink darkens and never lightens.

    Args:
        page: ``[H, W]`` grey.
        mask: ``[h, w]`` coverage.
        left: Of the mask on the page; may reach over the edge.
        top: Likewise.
        shade: Grey value of full coverage.

    Returns:
        The box of what is visible on the page, or None.
    """
    height, width = page.shape
    x0, y0, x1, y1 = (
        max(0, left),
        max(0, top),
        min(width, left + mask.shape[1]),
        min(height, top + mask.shape[0]),
    )
    if x1 <= x0 or y1 <= y0:
        return None
    part = mask[y0 - top : y1 - top, x0 - left : x1 - left].astype(np.float32) / 255
    below = page[y0:y1, x0:x1].astype(np.float32)
    page[y0:y1, x0:x1] = np.minimum(below, below * (1 - part) + shade * part).astype(np.uint8)
    seen = part > 0.25
    if not seen.any():
        return None
    columns, rows = np.flatnonzero(seen.any(axis=0)), np.flatnonzero(seen.any(axis=1))
    return x0 + int(columns[0]), y0 + int(rows[0]), x0 + int(columns[-1]) + 1, y0 + int(rows[-1]) + 1
