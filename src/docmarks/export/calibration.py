"""Pages that show int8 quantisation which values to expect."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks.data.coco_file import read
from docmarks.data.split import split
from docmarks.errors import DocmarksError
from docmarks.pages.document import open_document


def calibration_images(folders: Sequence[Path], count: int, seed: int = 0) -> list[NDArray[np.uint8]]:
    """``count`` training pages, as many from each data set as from the others where it has them.

    Raises:
        DocmarksError: The folders hold no training pages.
    """
    rng = np.random.default_rng(seed)
    shuffled = [list(rng.permutation(np.array([str(p.file) for p in split(read(f))[0].pages]))) for f in folders]
    chosen: list[str] = []
    while len(chosen) < count and any(shuffled):
        chosen.extend(files.pop() for files in shuffled if files)
    if not chosen:
        raise DocmarksError(f"no training pages in {', '.join(map(str, folders))}")
    images = []
    for file in chosen[:count]:
        with open_document(Path(file)) as document:
            images.append(document.page(1).pixels)
    return images
