"""Pages all of one value: the network is asked once, and its answer holds for all that are alike."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Detections

SPARSE = 61
"""Pixels between those that are looked at first; a written page is told from a blank one by a few."""

KEPT = 64
"""Answers."""


class BlankPages:
    """Remembers what was found on blank images, by size and value.

    A page of the same size and value is the same input, so its answer is exact: what the network would say, false
    alarms included. Empty pages of a PDF and empty parts of a page come again and again.
    """

    def __init__(self) -> None:
        """Knows none."""
        self._known: dict[tuple[int, int, int], Detections] = {}

    def __call__(self, image: NDArray[np.uint8], detect: Callable[[NDArray[np.uint8]], Detections]) -> Detections:
        """What ``detect`` finds on ``[H, W, 3]`` or ``[H, W]``; several threads may ask at once."""
        value = only_value(image)
        if value is None:
            return detect(image)
        key = image.shape[0], image.shape[1], value
        found = self._known.get(key)
        if found is None:
            found = detect(image)
            if len(self._known) >= KEPT:
                self._known = {}
            self._known[key] = found
        return Detections(found.boxes.copy(), found.scores.copy(), found.labels)


def only_value(image: NDArray[np.uint8]) -> int | None:
    """The value that all pixels of all channels have; None if there are several."""
    if (image[::SPARSE, ::SPARSE] != image.flat[0]).any() or image.min() != image.max():
        return None
    return int(image.flat[0])
