"""Marks cut out of real pages by their darkness, without the paper they were on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.labels.label_set import LabelSet
from docmarks.marks import Box, Mark
from docmarks.train.samples.page_cache import PageCache
from docmarks.train.samples.source_page import SourcePage

Pixels = NDArray[np.uint8]
Ink = NDArray[np.float32]
"""``[h, w]`` or ``[h, w, 3]``: what of the paper's light comes back, 1 where paper shows."""

PAPER_GRAIN = 0.94
"""What is lighter than this share of its paper is paper: only ink is carried over."""

LEAST_SIDE = 6
"""Pixels: smaller ones are no use to learn from."""

AROUND = 12
"""Pixels around a mark that say how white its paper is; inside a redaction there would be none."""


@dataclass(frozen=True)
class Cutting:
    """A mark that can be cut out, and its page."""

    source: SourcePage
    mark: Mark


class Cuttings:
    """What can be cut out of some pages, by label.

    A cutting may hold an unboxed mark of a label that is not complete on its page. So it goes only onto pages of which
    no more is known: ``known`` of the target within ``known`` of the source.
    """

    def __init__(self, pages: Sequence[SourcePage], label_set: LabelSet, cache: PageCache) -> None:
        """A mark that touches another is left out: the other would come along."""
        self.cache = cache
        self.label_set = label_set
        self._by_label: dict[str, list[Cutting]] = defaultdict(list)
        for source in pages:
            for mark in source.page.page.marks:
                if is_alone(mark, source.page.page.marks):
                    for label in label_set.apply(mark.labels).labels:
                        self._by_label[label].append(Cutting(source, mark))
        self._honest: dict[frozenset[str], dict[str, list[Cutting]]] = {}

    def onto(self, known: frozenset[str]) -> dict[str, list[Cutting]]:
        """Of each label that has some: the cuttings that may go onto a page of which this is known."""
        if known not in self._honest:
            honest = {
                label: [one for one in cuttings if known <= one.source.known]
                for label, cuttings in self._by_label.items()
            }
            self._honest[known] = {label: cuttings for label, cuttings in honest.items() if cuttings}
        return self._honest[known]

    def ink(self, cutting: Cutting, long_side: float) -> Ink | None:
        """A cutting's ink for a page of this long side; None if it would be too small there."""
        page, scale = self.cache(cutting.source.page)
        left, top, right, bottom = within(cutting.mark.scaled(scale, scale).box, page)
        factor = long_side / max(page.shape[:2])
        size = round((right - left) * factor), round((bottom - top) * factor)
        if min(size) < LEAST_SIDE:
            return None
        part = Image.fromarray(page[top:bottom, left:right]).resize(size, Image.Resampling.BILINEAR)
        share = np.asarray(part, np.float32) / white_around(page, (left, top, right, bottom))
        return np.where(share < PAPER_GRAIN, share, 1).astype(np.float32)


def white_around(page: Pixels, box: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """How light the paper is on and around a box, of each channel: at least 1."""
    left, top, right, bottom = box
    around = page[max(0, top - AROUND) : bottom + AROUND, max(0, left - AROUND) : right + AROUND]
    white = np.percentile(around.reshape(-1, *around.shape[2:]), 85, axis=0)
    return np.maximum(white, 1).astype(np.float32)


def within(box: Box, page: Pixels) -> tuple[int, int, int, int]:
    """A box in whole pixels, no further than the page."""
    left, top, right, bottom = (round(v) for v in box)
    return max(0, left), max(0, top), min(page.shape[1], right), min(page.shape[0], bottom)


def multiply(image: Pixels, ink: Ink, at: tuple[int, int]) -> Box:
    """Lays ink over the image in place; the box of the cutting, which is as tight as it was annotated."""
    left, top = at
    height, width = ink.shape[:2]
    below = image[top : top + height, left : left + width]
    below[...] = (below * ink + 0.5).astype(np.uint8)
    return float(left), float(top), float(left + width), float(top + height)


def is_alone(mark: Mark, others: Sequence[Mark]) -> bool:
    """Whether it is a mark that touches no other."""
    if mark.ignore or not mark.labels:
        return False
    left, top, right, bottom = mark.box
    return not any(
        other is not mark
        and min(right, other.box[2]) > max(left, other.box[0])
        and min(bottom, other.box[3]) > max(top, other.box[1])
        for other in others
    )
