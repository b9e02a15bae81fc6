"""How a page lies, and back again: turned by quarters, then by what it is crooked."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.marks import Mark

Pixels = NDArray[np.uint8]
Boxes = NDArray[np.float32]

PAPER = 75
"""Percentile of a page's values: what appears beside a page that was turned is as light as most of it."""


@dataclass(frozen=True)
class Pose:
    """What sets a page upright.

    Attributes:
        quarters: Quarter turns, counter-clockwise, 0 to 3 ...
        skew: ... then so many degrees more, counter-clockwise.
    """

    quarters: int = 0
    skew: float = 0.0

    @property
    def turned(self) -> float:
        """Degrees, counter-clockwise, in all."""
        return 90 * self.quarters + self.skew

    def straighten(self, image: Pixels) -> Pixels:
        """The page ``[H, W]`` or ``[H, W, 3]`` upright; larger where corners would be lost."""
        turned = np.ascontiguousarray(np.rot90(image, self.quarters))
        if not self.skew:
            return turned
        height, width = turned.shape[:2]
        paper = np.percentile(turned[::8, ::8].reshape(-1, *turned.shape[2:]), PAPER, axis=0)
        fill = tuple(int(value) for value in paper) if turned.ndim == 3 else int(paper)
        new_width, new_height = self._straight_size(width, height)
        cos, sin = self._turn()
        # Of a place on the new page, from the middle, the place on the old one.
        x = width / 2 - cos * new_width / 2 + sin * new_height / 2
        y = height / 2 - sin * new_width / 2 - cos * new_height / 2
        page = Image.fromarray(turned)
        matrix = (cos, -sin, x, sin, cos, y)
        size = new_width, new_height
        return np.asarray(
            page.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=fill)
        )

    def back(self, boxes: Boxes, size: tuple[int, int]) -> Boxes:
        """Boxes on the upright page as boxes on the page as it lies.

        Where it lies crooked, the box around the turned box: it may reach over the page's edge.

        Args:
            boxes: ``[N, 4]`` in pixels of what ``straighten`` makes of the page.
            size: (width, height) of the page as it lies.
        """
        width, height = size
        if self.skew:
            turned = (height, width) if self.quarters % 2 else (width, height)
            boxes = self._level_back(boxes, *turned)
        left, top, right, bottom = boxes.T
        before = {
            0: (left, top, right, bottom),
            1: (width - bottom, left, width - top, right),
            2: (width - right, height - bottom, width - left, height - top),
            3: (top, height - right, bottom, height - left),
        }[self.quarters]
        return np.stack(before, axis=1).astype(np.float32)

    def marks_back(self, marks: Sequence[Mark], size: tuple[int, int]) -> tuple[Mark, ...]:
        """Marks on the upright page as marks on the page as it lies, as ``back``."""
        boxes = self.back(np.array([mark.box for mark in marks], np.float32).reshape(-1, 4), size).tolist()
        return tuple(
            replace(mark, box=(left, top, right, bottom))
            for mark, (left, top, right, bottom) in zip(marks, boxes, strict=True)
        )

    def _level_back(self, boxes: Boxes, width: int, height: int) -> Boxes:
        cos, sin = self._turn()
        new_width, new_height = self._straight_size(width, height)
        u = boxes[:, [0, 2, 2, 0]] - new_width / 2
        v = boxes[:, [1, 1, 3, 3]] - new_height / 2
        x, y = cos * u - sin * v + width / 2, sin * u + cos * v + height / 2
        return np.stack([x.min(1), y.min(1), x.max(1), y.max(1)], axis=1)

    def _turn(self) -> tuple[float, float]:
        return math.cos(math.radians(self.skew)), math.sin(math.radians(self.skew))

    def _straight_size(self, width: int, height: int) -> tuple[int, int]:
        cos, sin = map(abs, self._turn())
        return math.ceil(width * cos + height * sin), math.ceil(width * sin + height * cos)
