"""Copies of real pages: what moves pixels first, in one step, then what changes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Mark
from docmarks.synth.scan import scanner, wear
from docmarks.synth.scan.stains import stains
from docmarks.synth.scan.warp import Matrix, about, slanted, stretched, tilted, turned, warp
from docmarks.train.sample_config import AugmentConfig
from docmarks.train.samples.luminance import grey_of, in_colour, relight

Pixels = NDArray[np.uint8]
Grey = NDArray[np.uint8]


def skew(rng: np.random.Generator) -> Matrix:
    """A sheet that lies crooked: mostly a little."""
    return turned(float(np.clip(rng.normal(0, 1.2), -3, 3)))


def stretch(rng: np.random.Generator) -> Matrix:
    """A paper feed that is off by up to four percent."""
    return stretched(float(rng.uniform(0.96, 1.04)), float(rng.uniform(0.96, 1.04)))


def perspective(rng: np.random.Generator) -> Matrix:
    """A phone held over the page, not quite level: opposite edges differ by up to a tenth (over 1000 pixels)."""
    tilt = rng.uniform(-1e-4, 1e-4, 2)
    return tilted(float(tilt[0]), float(tilt[1])) @ turned(float(rng.normal(0, 0.7)))


def shape(rng: np.random.Generator) -> Matrix:
    """Writing and print of other proportions: as if by another hand and in another typeface."""
    x, y = np.exp(np.clip(rng.normal(0, 0.14, 2), -0.28, 0.28))
    return slanted(float(np.clip(rng.normal(0, 0.08), -0.16, 0.16))) @ stretched(float(x), float(y))


MOVES: dict[str, Callable[[np.random.Generator], Matrix]] = {
    "skew": skew,
    "stretch": stretch,
    "perspective": perspective,
    "shape": shape,
}
"""Matrices of coordinates around the middle."""

STEPS: dict[str, Callable[[Grey, np.random.Generator], Grey]] = {
    "stains": stains,
    "bleed_through": wear.bleed_through,
    "spread": wear.spread,
    **{step.__name__: step for step, _ in scanner.STEPS if step is not scanner.jpeg},
    "fax": wear.fax,
    "jpeg": scanner.jpeg,
}
"""In the order in which they happen to paper."""

COLOURLESS = frozenset({"bilevel", "threshold", "posterise", "fax"})
"""After these a page has no colour."""


class Augment:
    """Real samples as other devices would have seen them."""

    def __init__(self, config: AugmentConfig, min_visible: float) -> None:
        """``min_visible``: a mark of which less than this share stays on the image becomes an ignored region."""
        chances: dict[str, float] = config.model_dump()
        self.grey = chances["grey"]
        self.moves = [(move, chances[name]) for name, move in MOVES.items() if chances[name] > 0]
        self.steps = [(name, step, chances[name]) for name, step in STEPS.items() if chances[name] > 0]
        self.min_visible = min_visible

    def __call__(self, image: Pixels, marks: Sequence[Mark], rng: np.random.Generator) -> tuple[Pixels, list[Mark]]:
        """``[H, W]`` or ``[H, W, 3]`` RGB and its marks to the same, copied."""
        image, marks = self._move(image, marks, rng)
        before = grey = grey_of(image)
        colourless = image.ndim == 3 and rng.random() < self.grey
        for name, step, chance in self.steps:
            if rng.random() < chance:
                grey = step(grey, rng)
                colourless = colourless or name in COLOURLESS
        if image.ndim == 3 and colourless:
            return in_colour(grey), marks
        return relight(image, before, grey), marks

    def _move(self, image: Pixels, marks: Sequence[Mark], rng: np.random.Generator) -> tuple[Pixels, list[Mark]]:
        drawn = [move(rng) for move, chance in self.moves if rng.random() < chance]
        if not drawn:
            return image, list(marks)
        height, width = image.shape[:2]
        matrix = about(np.linalg.multi_dot([np.eye(3), *drawn, np.eye(3)]), width, height)
        around = int(rng.choice([255, int(np.percentile(grey_of(image)[::5, ::5], 75)), 20], p=[0.4, 0.5, 0.1]))
        moved, seen, shares = warp(image, marks, matrix, around)
        return moved, [self._still_whole(*each) for each in zip(seen, shares, strict=True) if _has_area(each[0])]

    def _still_whole(self, mark: Mark, share: float) -> Mark:
        """An ignored region if no more than ``share`` of it was left on the image."""
        if share >= self.min_visible or not mark.labels:
            return mark
        return Mark(mark.box, mark.labels, ignore=True)


def _has_area(mark: Mark) -> bool:
    return mark.width >= 1 and mark.height >= 1
