"""Which way up a page lies. Scans lie on their side or upside down at times, and a detector learns upright pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.runtime.blank import only_value
from docmarks.runtime.pose import Pose
from docmarks.runtime.resize import resize
from docmarks.runtime.session import Compiled
from docmarks.runtime.skew import skew_of
from docmarks.weights import UPRIGHT_MODEL

SIDES = 832, 1088
"""Short and long side, in pixels, that a page has at most for the network to read it as it has learnt to."""

SURE = 6.0
"""By so much the logit of one turn must exceed those of others: a page is turned for good reasons."""

TOLD = 10.0
"""What a page says for its best turn at least; drawings and white paper say less."""

MIDDLES = 0.35, 0.7
"""The shares of either side, around the middle, that are asked first whether a page lies upright."""

CLEARLY = 0.5
"""The share of that by which it must exceed the page as it lies: tables of capitals and figures, and a script that the
network has not learnt to read, say much for both ways up."""


class Upright:
    """Tells what sets a page upright: the quarter turns, counter-clockwise, and how crooked it lies beside."""

    def __init__(self, path: Path = UPRIGHT_MODEL, threads: int | None = None, streams: int = 1) -> None:
        """Loads the network (``model.upright``); the arguments are those of ``Compiled``."""
        self._network = Compiled(path, threads, streams)

    def __call__(self, look: NDArray[np.uint8]) -> Pose:
        """How a page lies, as a detector sees it: ``[h, w]`` grey or ``[h, w, 3]`` RGB."""
        if only_value(look) is not None:
            return Pose()
        grey = look if look.ndim == 2 else np.asarray(Image.fromarray(look).convert("L"))
        quarters = self.quarters(grey)
        return Pose(quarters, skew_of(np.rot90(grey, quarters)))

    def quarters(self, grey: NDArray[np.uint8]) -> int:
        """0 to 3 for ``[h, w]``; 0 also where nothing on the page tells."""
        for share in MIDDLES:
            logits = self.logits(middle(grey, share))
            if logits[0] - logits[1:].max() > SURE:
                return 0  # as nine pages of ten: the rest of it would say the same
        return turn_of(self.logits(grey))

    def quarters_of_page(self, image: NDArray[np.uint8]) -> int:
        """The same for a page ``[H, W]`` or ``[H, W, 3]`` of any size."""
        height, width = image.shape[:2]
        scale = min(SIDES[0] / min(width, height), SIDES[1] / max(width, height), 1)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        return self.quarters(resize(image, size, "L"))

    def logits(self, grey: NDArray[np.uint8]) -> NDArray[np.float32]:
        """One for each number of quarter turns, ``[4]``, of ``[h, w]``."""
        (logits,) = self._network(grey[None, None].astype(np.float32))
        return np.asarray(logits[0], np.float32)


def turn_of(logits: NDArray[np.float32]) -> int:
    """The quarter turns that logits ``[4]`` are sure of, else 0."""
    best = int(logits.argmax())
    most, lead = float(logits[best]), float(logits[best] - logits[0])
    return best if most > TOLD and lead > max(SURE, CLEARLY * most) else 0


def middle(grey: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """The part of ``[h, w]`` that has such a share of either side, and the same centre."""
    (top, bottom), (left, right) = (_around_the_centre(side, share) for side in grey.shape)
    return grey[top:bottom, left:right]


def _around_the_centre(length: int, share: float) -> tuple[int, int]:
    start = round((1 - share) / 2 * length)
    return start, max(start + 1, length - start)
