"""Other marks in the places of a page's own, or none: what is learnt is marks, not the pages they are on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Box, Mark
from docmarks.train.sample_config import ReplaceConfig
from docmarks.train.samples.cuttings import PAPER_GRAIN, is_alone, multiply, white_around, within
from docmarks.train.samples.paste import PasteMarks
from docmarks.train.samples.scene import Scene

Pixels = NDArray[np.uint8]

RULE = 0.7
"""Paper whose light comes back by less than this share left and right of a mark is a printed rule under it."""

REACH = 4
"""Pixels beside a mark in which such a rule shows."""


class ReplaceMarks:
    """Takes marks off a page's image and puts others of the same label there."""

    def __init__(self, config: ReplaceConfig, paste: PasteMarks) -> None:
        """``paste`` chooses what comes."""
        self.config = config
        self.cuttings = paste.cuttings
        self.paste = paste

    def __call__(self, scene: Scene, rng: np.random.Generator) -> Scene:
        """The scene with some of its marks gone or replaced.

        Marks that touch another stay, and those that the image's edge has cut.
        """
        if self.config.share == 0 or rng.random() >= self.config.share:
            return scene
        image, now = scene.image.copy(), list(scene.marks)
        height, width = image.shape[:2]
        for mark in scene.marks:
            left, top, right, bottom = mark.box
            inside = left >= 1 and top >= 1 and right <= width - 1 and bottom <= height - 1
            labels = self.cuttings.label_set.apply(mark.labels).labels if mark.labels else ()
            if not inside or not labels or not is_alone(mark, scene.marks) or rng.random() >= self.config.marks:
                continue
            # Where the page was made smaller, the edge of the ink is in the pixels around its box.
            rim = (left - 1, top - 1, right + 1, bottom + 1)
            take_off(image, within(mark.box if _touches(rim, mark, scene.marks) else rim, image))
            now.remove(mark)
            if rng.random() >= self.config.none:
                now.extend(self._another(scene.now(image, now), mark, labels[0], rng))
        return scene.now(image, now)

    def _another(self, scene: Scene, mark: Mark, label: str, rng: np.random.Generator) -> list[Mark]:
        """A mark of the label where ``mark`` was, drawn onto the scene itself, if one fits there."""
        image = scene.image
        if label not in self.cuttings.onto(scene.known):
            return []
        ink, names = self.paste.one(label, scene, rng)
        if ink is None:
            return []
        height, width = ink.shape[:2]
        left = round((mark.box[0] + mark.box[2] - width) / 2 + rng.normal(0, 0.1) * mark.width)
        # Marks stand on a line: their feet stay where they were.
        top = round(mark.box[3] - height + rng.normal(0, 0.1) * mark.height)
        there = Mark((float(left), float(top), float(left + width), float(top + height)), names)
        fits = left >= 0 and top >= 0 and left + width <= image.shape[1] and top + height <= image.shape[0]
        if not fits or not is_alone(there, scene.marks):
            return []
        multiply(image, ink, (left, top))
        return [there]


def _touches(box: Box, mark: Mark, others: Sequence[Mark]) -> bool:
    return not is_alone(Mark(box, mark.labels), [other for other in others if other is not mark])


def take_off(image: Pixels, box: tuple[int, int, int, int]) -> None:
    """Makes paper of the ink in a box, in place; printed rules that come in on one side and leave on the other stay."""
    left, top, right, bottom = box
    white = white_around(image, box)
    part = image[top:bottom, left:right]
    before = _dark(image[top:bottom, max(0, left - REACH) : left], white, RULE).all(axis=1)
    behind = _dark(image[top:bottom, right : right + REACH], white, RULE).all(axis=1)
    gone = _dark(part, white, PAPER_GRAIN)
    if left >= REACH and right + REACH <= image.shape[1]:
        gone[before & behind] = False
    part[gone] = np.minimum(white + 0.5, 255).astype(np.uint8)


def _dark(part: Pixels, white: NDArray[np.float32], share: float) -> NDArray[np.bool_]:
    """``[H, W]``: what is darker than this share of the paper, in any channel."""
    dark = part < share * white
    return dark if dark.ndim == 2 else np.asarray(dark.any(axis=2))
