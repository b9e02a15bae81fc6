"""Pictures that firms and offices print, as logos and arms: files of a folder, with their tones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from docmarks.pages.image import ImageDocument
from docmarks.synth.handwriting.pen import Mask

WIDEST = 2.4
"""A wide picture, which has words in it, is drawn so much longer at the most than a square one."""


@dataclass(frozen=True)
class Picture:
    """One image file."""

    path: Path

    def draw(self, size: int) -> Mask:
        """Coverage: white paper has none, and what is grey in print covers in part.

        Args:
            size: Pixels across of a square one; a wide or high one has its longer side up to ``WIDEST`` as long.

        Raises:
            DocmarksError: The file is broken or no image.
        """
        with ImageDocument(self.path) as file:
            grey = Image.fromarray(file.page(1).pixels).convert("L")
        longer, shorter = max(grey.size), min(grey.size)
        scale = size * min((longer / shorter) ** 0.5, WIDEST) / longer
        shape = max(1, round(grey.width * scale)), max(1, round(grey.height * scale))
        return 255 - np.asarray(grey.resize(shape, Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR))


def pictures_in(folder: Path) -> list[Picture]:
    """The image files of a folder, in order; none if there is no such folder.

    Raises:
        DocmarksError: A file is no image; what is broken further in is told when it is drawn.
    """
    paths = sorted(path for path in folder.glob("*") if path.is_file() and not path.name.startswith("."))
    for path in paths:
        with ImageDocument(path) as file:
            file.measure(1)
    return [Picture(path) for path in paths]
