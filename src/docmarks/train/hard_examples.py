"""Crops where a model errs, more often than chance would place them: hard example mining.

Sung and Poggio 1994 ("bootstrapping") for false positives of a detector; Shrivastava et al. 2016 (arXiv 1604.03540) for
regions within an image. Here an evaluation of the training pages says where; on a page that is mostly print, a crop
that falls anywhere seldom falls on the logo that is taken for a stamp.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np

from docmarks.evaluate.mistakes import Mistake
from docmarks.marks import Box
from docmarks.train.source_page import SourcePage

Mistakes = Mapping[tuple[Path, int], Sequence[Mistake]]
"""Of a page, by its file and its number in that."""

NONE: Mistakes = MappingProxyType({})
"""No evaluation was looked at."""


class HardExamples:
    """Draws pages with a place on them: large mistakes more often, and those of rare labels."""

    def __init__(self, pages: Sequence[SourcePage], mistakes: Mistakes) -> None:
        """Only mistakes on ``pages`` are ever seen; how often a page is drawn otherwise does not matter."""
        self.places: list[tuple[SourcePage, Box]] = []
        labels, sizes = [], []
        for source in pages:
            for mistake in mistakes.get((source.page.file, source.page.number), ()):
                self.places.append((source, mistake.box))
                labels.append(mistake.label)
                sizes.append(mistake.size)
        counts = Counter(labels)
        # A label with four times the mistakes is drawn twice as often: neither drowned nor learnt by heart.
        each = [size / counts[label] ** 0.5 for label, size in zip(labels, sizes, strict=True)]
        upright = [source.is_upright for source, _ in self.places]
        chances, is_upright = np.array(each, np.float64), np.array(upright, np.bool_)
        self._chances = {None: chances, True: chances * is_upright, False: chances * ~is_upright}

    def any(self, upright: bool | None = None) -> bool:
        """Whether there are any on such pages."""
        return bool(self._chances[upright].any())

    def __call__(self, rng: np.random.Generator, upright: bool | None = None) -> tuple[SourcePage, Box]:
        """A page, and the place in pixels of its file."""
        chances = self._chances[upright]
        return self.places[int(rng.choice(len(self.places), p=chances / chances.sum()))]
