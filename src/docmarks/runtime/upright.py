"""Which way up a page lies. Scans lie on their side or upside down at times, and a detector learns upright pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.marks import Detections
from docmarks.runtime.resize import resize
from docmarks.runtime.session import Compiled
from docmarks.weights import UPRIGHT_MODEL

SIDES = 832, 1088
"""Short and long side, in pixels, that a page has at most for the network to read it as it has learnt to."""

SURE = 6.0
"""By so much the logit of one turn must exceed those of others: a page is turned for good reasons."""

TOLD = 5.0
"""What a page says for its best turn at least; drawings and white paper say less."""

CLEARLY = 0.6
"""The share of that by which it must exceed the page as it lies: tables of capitals and figures, and a script that the
network has not learnt to read, say much for both ways up."""


class Upright:
    """Tells the quarter turns, counter-clockwise, that set a page upright."""

    def __init__(self, path: Path = UPRIGHT_MODEL, threads: int | None = None, streams: int = 1) -> None:
        """Loads the network (``model.upright``); the arguments are those of ``Compiled``."""
        self._network = Compiled(path, threads, streams)

    def __call__(self, look: NDArray[np.uint8]) -> int:
        """0 to 3; 0 also where nothing on the page tells.

        Args:
            look: The page as a detector sees it, ``[h, w]`` grey or ``[h, w, 3]`` RGB.
        """
        grey = look if look.ndim == 2 else np.asarray(Image.fromarray(look).convert("L"))
        middle = self.logits(grey[_middle(grey.shape[0]), _middle(grey.shape[1])])
        if middle[0] - middle[1:].max() > SURE:
            return 0  # as nearly every page: the rest of it would say the same
        return turn_of(self.logits(grey))

    def of_page(self, image: NDArray[np.uint8]) -> int:
        """The same for a page ``[H, W]`` or ``[H, W, 3]`` of any size."""
        height, width = image.shape[:2]
        scale = min(SIDES[0] / min(width, height), SIDES[1] / max(width, height), 1)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        return self(resize(image, size, "L"))

    def logits(self, grey: NDArray[np.uint8]) -> NDArray[np.float32]:
        """One for each number of quarter turns, ``[4]``, of ``[h, w]``."""
        (logits,) = self._network(grey[None, None].astype(np.float32))
        return np.asarray(logits[0], np.float32)


def turn_of(logits: NDArray[np.float32]) -> int:
    """The quarter turns that logits ``[4]`` are sure of, else 0."""
    best = int(logits.argmax())
    most, lead = float(logits[best]), float(logits[best] - logits[0])
    return best if most > TOLD and lead > max(SURE, CLEARLY * most) else 0


def _middle(length: int) -> slice:
    """Seven tenths of a side: half of the page."""
    return slice(round(0.15 * length), max(1, round(0.85 * length)))


def lain_back(found: Detections, quarters: int, size: tuple[int, int]) -> Detections:
    """What was found on a page that was set upright, on the page as it lies; the arguments are ``boxes_back``'s."""
    return replace(found, boxes=boxes_back(found.boxes, quarters, size), quarters=quarters) if quarters else found


def boxes_back(boxes: NDArray[np.float32], quarters: int, size: tuple[int, int]) -> NDArray[np.float32]:
    """Boxes on a turned page as boxes on the page before it was turned.

    Args:
        boxes: ``[N, 4]`` in pixels of the page after so many quarter turns counter-clockwise, as ``numpy.rot90`` makes
            them.
        quarters: 0 to 3.
        size: (width, height) of the page before.
    """
    width, height = size
    left, top, right, bottom = boxes.T
    before = {
        0: (left, top, right, bottom),
        1: (width - bottom, left, width - top, right),
        2: (width - right, height - bottom, width - left, height - top),
        3: (top, height - right, bottom, height - left),
    }[quarters]
    return np.stack(before, axis=1).astype(np.float32)
