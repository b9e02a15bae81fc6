"""Pages that lie on their side or upside down, and faxes, set right with their boxes: training takes pages as is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.read_page import read_image
from docmarks.files.atomic import make_folder, write_bytes
from docmarks.marks import Page
from docmarks.pages.png import png_bytes
from docmarks.runtime.pose import Pose
from docmarks.runtime.square_pixels import square_pixels

FOLDER = "upright"
"""Where the pages that were turned are written, in the folder of the new set."""

LEFT_BEHIND = frozenset({"page", "fields"})
"""Of an image record: the place in a file of several pages, and where a form's fields were."""

Watch = Callable[[Sequence[DatasetPage]], Iterable[DatasetPage]]


def set_upright(
    dataset: Dataset, root: Path, quarters_of: Callable[[NDArray[np.uint8]], int], watch: Watch = iter
) -> tuple[Dataset, int]:
    """The set with every page upright, in square pixels, and how many were changed; the others stay where they are.

    Args:
        dataset: In source labels.
        root: Folder of the new set; the changed pages are written there as PNG files.
        quarters_of: Tells the quarter turns, counter-clockwise, that set a page upright.
        watch: Wraps the pages, to show a bar.

    Raises:
        DocmarksError: A page cannot be read, or one cannot be written.
    """
    pages, changed = [], 0
    for number, page in enumerate(watch(dataset.pages), start=1):
        image = read_image(page, grey=True)
        quarters = quarters_of(square_pixels(image))
        if quarters or image.stretch != 1:
            page = _set_right(page, quarters, root / FOLDER / f"{number:05d}-{page.file.stem}.png")
            changed += 1
        pages.append(page)
    return replace(dataset, root=root, name=root.name, pages=tuple(pages)), changed


def _set_right(page: DatasetPage, quarters: int, file: Path) -> DatasetPage:
    image = read_image(page)
    paper = square_pixels(image)
    scale_x, scale_y = (new / old for new, old in zip(image.on_paper, image.pixels.shape[1::-1], strict=True))
    pixels = np.rot90(paper, quarters)
    height, width = pixels.shape[:2]
    dpi = page.page.dpi * scale_x
    make_folder(file.parent)
    write_bytes(file, png_bytes(Image.fromarray(np.ascontiguousarray(pixels)), dpi))
    # As seen from the page that is upright, the one that lies is it after the other turns.
    marks = tuple(mark.scaled(scale_x, scale_y) for mark in page.page.marks)
    marks = Pose(4 - quarters).marks_back(marks, (width, height)) if quarters else marks
    extra = {key: value for key, value in page.extra.items() if key not in LEFT_BEHIND}
    return replace(page, file=file, page=Page(width, height, dpi, 1, marks), extra=extra)
