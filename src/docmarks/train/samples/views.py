"""What a sample shows of a page: all of it, resized as Detectron2 does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from docmarks.marks import Mark
from docmarks.runtime.page_scale import scale_of, size_at
from docmarks.train.sample_config import ResizeConfig
from docmarks.train.samples.crops import Pixels, Window


def resized(width: int, height: int, short_side: int, long_side: int) -> tuple[int, int]:
    """(width, height) of Detectron2's ``ResizeShortestEdge``: short side first, then the limit of the long one."""
    return size_at(width, height, scale_of(width, height, short_side, long_side))


class WholePage:
    """Resizes a page by a short side drawn at random."""

    def __init__(self, config: ResizeConfig) -> None:
        """Sizes as in the configuration."""
        self.config = config

    def short_side(self, rng: np.random.Generator) -> int:
        """One of the short sides, or one between them."""
        sides = self.config.short_sides
        if self.config.sampling == "range":
            return int(rng.integers(min(sides), max(sides) + 1))
        return sides[int(rng.integers(len(sides)))]

    def __call__(self, page: Pixels, marks: Sequence[Mark], short_side: int) -> tuple[Pixels, list[Mark], Window]:
        """Page ``[H, W]`` or ``[H, W, 3]`` and its marks to the resized page, its marks, and the window it shows."""
        height, width = page.shape[:2]
        size = resized(width, height, short_side, self.config.long_side)
        image = np.asarray(Image.fromarray(page).resize(size, Image.Resampling.BILINEAR))
        x, y = size[0] / width, size[1] / height
        return image, [_clipped(mark.scaled(x, y), size) for mark in marks], Window(0.0, 0.0, min(x, y))


def _clipped(mark: Mark, size: tuple[int, int]) -> Mark:
    """Tools round boxes over the page's edge by a little; one without a pixel left is an ignored region."""
    left, top, right, bottom = mark.box
    box = max(0.0, left), max(0.0, top), min(float(size[0]), right), min(float(size[1]), bottom)
    empty = box[2] - box[0] < 1 or box[3] - box[1] < 1
    if empty:
        box = box[0], box[1], max(box[0], box[2]), max(box[1], box[3])
    return replace(mark, box=box, ignore=mark.ignore or empty or not mark.labels)


def mirrored(image: Pixels, marks: Sequence[Mark]) -> tuple[Pixels, list[Mark]]:
    """Left and right exchanged."""
    width = image.shape[1]
    flipped = [replace(m, box=(width - m.box[2], m.box[1], width - m.box[0], m.box[3])) for m in marks]
    return np.ascontiguousarray(image[:, ::-1]), flipped
