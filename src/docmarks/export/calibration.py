"""Pages that show int8 quantisation which values to expect."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks.data.coco_file import read
from docmarks.data.dataset import DatasetPage
from docmarks.data.read_page import read_pixels
from docmarks.data.split import split
from docmarks.errors import DocmarksError


def calibration_images(folders: Sequence[Path], count: int, seed: int = 0) -> list[NDArray[np.uint8]]:
    """``count`` training pages, as many from each data set as from the others where it has them.

    Raises:
        DocmarksError: The folders hold no training pages, or a page cannot be read.
    """
    rng = np.random.default_rng(seed)
    training = [split(read(folder))[0].pages for folder in folders]
    shuffled = [[pages[i] for i in rng.permutation(len(pages))] for pages in training]
    chosen: list[DatasetPage] = []
    while len(chosen) < count and any(shuffled):
        chosen.extend(pages.pop() for pages in shuffled if pages)
    if not chosen:
        raise DocmarksError(f"no training pages in {', '.join(map(str, folders))}")
    return [read_pixels(page) for page in chosen[:count]]
