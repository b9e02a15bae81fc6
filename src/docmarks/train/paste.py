"""Marks of one real page on another: copy-paste (Ghiasi et al. 2021, arXiv 2012.07177), as ink goes onto paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.labels.label_set import LabelSet
from docmarks.marks import Box, Mark
from docmarks.synth.paper import Paper
from docmarks.train.luminance import grey_of
from docmarks.train.page_cache import PageCache
from docmarks.train.sample_config import PasteConfig
from docmarks.train.source_page import SourcePage

Pixels = NDArray[np.uint8]
Cutting = tuple[SourcePage, Mark]

PAPER_GRAIN = 0.94
"""What is lighter than this share of its paper is paper: only ink is carried over."""

LEAST_SIDE = 6
"""Pixels: smaller ones are no use to learn from."""


class PasteMarks:
    """Cuts marks out of pages by their darkness and multiplies them onto free places of others.

    A cutting may hold an unboxed mark of a label that is not complete on its page. So it goes only onto pages of which
    no more is known: ``known`` of the target within ``known`` of the source.
    """

    def __init__(self, config: PasteConfig, pages: Sequence[SourcePage], label_set: LabelSet, cache: PageCache) -> None:
        """``pages``: where marks are cut out; each label of the set is cut as often as any other."""
        self.config = config
        self.cache = cache
        self._cuttings: dict[str, list[Cutting]] = defaultdict(list)
        for source in pages:
            for mark in source.page.page.marks:
                if not _alone(mark, source.page.page.marks):
                    continue
                for label in label_set.apply(mark.labels).labels:
                    self._cuttings[label].append((source, mark))
        self._honest: dict[frozenset[str], list[list[Cutting]]] = {}

    def __call__(
        self,
        image: Pixels,
        marks: Sequence[Mark],
        known: frozenset[str],
        long_side: float,
        rng: np.random.Generator,
    ) -> tuple[Pixels, list[Mark]]:
        """Adds one to ``most`` marks where nothing is yet.

        Args:
            image: ``[H, W]`` or ``[H, W, 3]``; not changed.
            marks: On it.
            known: The labels that are complete on its page.
            long_side: Of the whole page, in pixels of ``image``: what is pasted is as large, on paper, as it was.
            rng: Everything random comes from it.

        Returns:
            The new image and the marks that came, in their own labels.
        """
        by_label = self._for(known)
        if not by_label or rng.random() >= self.config.share:
            return image, []
        image = image.copy()
        paper = Paper(grey_of(image))
        for mark in marks:
            paper.take(mark.box)
        added: list[Mark] = []
        for _ in range(int(rng.integers(1, self.config.most + 1))):
            cuttings = by_label[int(rng.integers(len(by_label)))]
            source, mark = cuttings[int(rng.integers(len(cuttings)))]
            ink = self.cut(source, mark, long_side * float(np.exp(rng.normal(0, 0.08))))
            if ink is None:
                continue
            height, width = ink.shape[:2]
            at = paper.place(width, height, rng, float(rng.choice((0.0, 0.02, 0.08))))
            if at is None:
                continue
            box = multiply(image, ink, at)
            paper.take(box)
            added.append(Mark(box, mark.labels))
        return image, added

    def _for(self, known: frozenset[str]) -> list[list[Cutting]]:
        """Of each label that has some: the cuttings that may go onto a page of which this is known."""
        if known not in self._honest:
            honest = [[c for c in cuttings if known <= c[0].known] for cuttings in self._cuttings.values()]
            self._honest[known] = [cuttings for cuttings in honest if cuttings]
        return self._honest[known]

    def cut(self, source: SourcePage, mark: Mark, long_side: float) -> NDArray[np.float32] | None:
        """The mark's ink for a page of this long side: ``[h, w]`` or ``[h, w, 3]``, 1 where paper is to show."""
        page, scale = self.cache(source.page)
        left, top, right, bottom = mark.scaled(scale, scale).box
        box = (
            max(0, round(left)),
            max(0, round(top)),
            min(page.shape[1], round(right)),
            min(page.shape[0], round(bottom)),
        )
        factor = long_side / max(page.shape[:2])
        size = round((box[2] - box[0]) * factor), round((box[3] - box[1]) * factor)
        if min(size) < LEAST_SIDE:
            return None
        part = Image.fromarray(page[box[1] : box[3], box[0] : box[2]]).resize(size, Image.Resampling.BILINEAR)
        # The paper around it says how white it is; inside a redaction there would be none.
        m = 12
        around = page[max(0, box[1] - m) : box[3] + m, max(0, box[0] - m) : box[2] + m]
        white = np.percentile(around.reshape(-1, *around.shape[2:]), 85, axis=0).astype(np.float32)
        share = np.asarray(part, np.float32) / np.maximum(white, 1)
        return np.where(share < PAPER_GRAIN, share, 1).astype(np.float32)


def multiply(image: Pixels, ink: NDArray[np.float32], at: tuple[int, int]) -> Box:
    """Lays ink over the image in place; the box of the cutting, which is as tight as it was annotated."""
    left, top = at
    height, width = ink.shape[:2]
    below = image[top : top + height, left : left + width]
    below[...] = (below * ink + 0.5).astype(np.uint8)
    return float(left), float(top), float(left + width), float(top + height)


def _alone(mark: Mark, others: Sequence[Mark]) -> bool:
    """Whether nothing else would come along with it."""
    if mark.ignore or not mark.labels:
        return False
    left, top, right, bottom = mark.box
    return not any(
        other is not mark
        and min(right, other.box[2]) > max(left, other.box[0])
        and min(bottom, other.box[3]) > max(top, other.box[1])
        for other in others
    )
