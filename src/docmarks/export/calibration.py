"""Pages that show int8 quantisation which values to expect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks.data.coco_file import read
from docmarks.data.dataset import DatasetPage
from docmarks.data.read_page import read_pixels
from docmarks.data.split import split
from docmarks.errors import DocmarksError


@dataclass(frozen=True)
class CalibrationPage:
    """An annotated page.

    Attributes:
        folder: The data set that it is from.
        page: In source labels.
        image: ``[H, W, 3]`` or ``[H, W]``.
    """

    folder: Path
    page: DatasetPage
    image: NDArray[np.uint8]


def calibration_pages(folders: Sequence[Path], count: int) -> list[CalibrationPage]:
    """``count`` training pages, as many from each data set as from the others where it has them.

    Raises:
        DocmarksError: The folders hold no training pages, or a page cannot be read.
    """
    rng = np.random.default_rng(0)  # the same pages every time
    training = [(folder, split(read(folder))[0].pages) for folder in folders]
    shuffled = [[(folder, pages[i]) for i in rng.permutation(len(pages))] for folder, pages in training]
    chosen: list[tuple[Path, DatasetPage]] = []
    while len(chosen) < count and any(shuffled):
        chosen.extend(pages.pop() for pages in shuffled if pages)
    if not chosen:
        raise DocmarksError(f"no training pages in {', '.join(map(str, folders))}")
    return [CalibrationPage(folder, page, read_pixels(page)) for folder, page in chosen[:count]]
