"""A part of a page on its way to the network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Mark

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Scene:
    """What is seen, and what is known of it.

    Attributes:
        image: ``[H, W]`` or ``[H, W, 3]`` RGB.
        marks: On it, in its pixels and in source labels.
        known: The labels that are complete on its page.
        long_side: Of the whole page, in pixels of ``image``: what comes onto it is as large, on paper, as it was.
    """

    image: Pixels
    marks: tuple[Mark, ...]
    known: frozenset[str]
    long_side: float

    def now(self, image: Pixels, marks: Sequence[Mark]) -> Scene:
        """The same part of the same page with other pixels and marks."""
        return replace(self, image=image, marks=tuple(marks))
