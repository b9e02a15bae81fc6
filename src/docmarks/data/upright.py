"""Pages that lie on their side or upside down, set upright with their boxes: training takes pages as they lie."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.atomic import make_folder, write_bytes
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.read_page import read_pixels
from docmarks.marks import Page
from docmarks.runtime.pose import Pose

FOLDER = "upright"
"""Where the pages that were turned are written, in the folder of the new set."""

LEFT_BEHIND = frozenset({"page", "fields"})
"""Of an image record: the place in a file of several pages, and where a form's fields were."""

Watch = Callable[[Sequence[DatasetPage]], Iterable[DatasetPage]]


def set_upright(
    dataset: Dataset, root: Path, quarters_of: Callable[[NDArray[np.uint8]], int], watch: Watch = iter
) -> tuple[Dataset, int]:
    """The set with every page upright, and how many were turned; those that lie upright stay where they are.

    Args:
        dataset: In source labels.
        root: Folder of the new set; the turned pages are written there as PNG files.
        quarters_of: Tells the quarter turns, counter-clockwise, that set a page upright.
        watch: Wraps the pages, to show a bar.

    Raises:
        DocmarksError: A page cannot be read, or one cannot be written.
    """
    pages, turned = [], 0
    for number, page in enumerate(watch(dataset.pages), start=1):
        quarters = quarters_of(read_pixels(page, grey=True))
        if quarters:
            page = _turned(page, quarters, root / FOLDER / f"{number:05d}-{page.file.stem}.png")
            turned += 1
        pages.append(page)
    return replace(dataset, root=root, name=root.name, pages=tuple(pages)), turned


def _turned(page: DatasetPage, quarters: int, file: Path) -> DatasetPage:
    pixels = np.rot90(read_pixels(page), quarters)
    height, width = pixels.shape[:2]
    dpi = page.page.dpi
    picture = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(picture, "PNG", dpi=(dpi, dpi))
    make_folder(file.parent)
    write_bytes(file, picture.getvalue())
    # As seen from the page that is upright, the one that lies is it after the other turns.
    marks = Pose(4 - quarters).marks_back(page.page.marks, (width, height))
    extra = {key: value for key, value in page.extra.items() if key not in LEFT_BEHIND}
    return replace(page, file=file, page=Page(width, height, dpi, 1, marks), extra=extra)
