"""Crops where a model errs, more often than chance would place them: hard example mining.

Sung and Poggio 1994 ("bootstrapping") for false positives of a detector; Shrivastava et al. 2016 (arXiv 1604.03540) for
regions within an image. Here an evaluation of the training pages says where; on a page that is mostly print, a crop
that falls anywhere seldom falls on the logo that is taken for a stamp.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from docmarks.evaluate.mistakes import Mistake
from docmarks.marks import Box
from docmarks.train.samples.source_page import Draw, SourcePage

Mistakes = Mapping[tuple[Path, int], Sequence[Mistake]]
"""Of a page, by its file and its number in that."""

NONE: Mistakes = MappingProxyType({})
"""No evaluation was looked at."""


@dataclass(frozen=True)
class HardExample:
    """A place on a page where a model erred.

    Attributes:
        source: The page.
        box: In pixels of its file.
        weight: How often it is drawn.
    """

    source: SourcePage
    box: Box
    weight: float

    @property
    def is_upright(self) -> bool:
        """Whether its page is."""
        return self.source.is_upright


def hard_examples(pages: Sequence[SourcePage], mistakes: Mistakes) -> Draw[HardExample]:
    """Places to draw from: large mistakes more often, and those of rare labels.

    Only mistakes on ``pages`` are ever seen; how often a page is drawn otherwise does not matter.
    """
    places = [
        (source, mistake) for source in pages for mistake in mistakes.get((source.page.file, source.page.number), ())
    ]
    counts = Counter(mistake.label for _, mistake in places)
    # A label with four times the mistakes is drawn twice as often: neither drowned nor learnt by heart.
    return Draw([HardExample(source, one.box, one.size / counts[one.label] ** 0.5) for source, one in places])
