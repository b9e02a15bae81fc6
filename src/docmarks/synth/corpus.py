"""Many pages on disk, as a data set."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from pathlib import Path

from PIL import Image

from docmarks.data.coco_file import FILE, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.errors import DocmarksError
from docmarks.labels.taxonomy import LABELS
from docmarks.synth.page import SyntheticPages


def make_corpus(
    pages: SyntheticPages,
    count: int,
    seed: int,
    folder: Path,
    watch: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Dataset:
    """Writes ``count`` pages as PNG with their annotations; pages that are there already are not written again.

    Args:
        pages: Makes the page of a seed.
        count: How many.
        seed: Of the corpus: page i has the seed ``seed * 1_000_000 + i``.
        folder: Where to.
        watch: Wraps the page numbers, to show a bar.

    Raises:
        DocmarksError: The folder cannot be written.
    """
    images = folder / "images"
    made = []
    try:
        images.mkdir(parents=True, exist_ok=True)
        for i in watch(range(count)):
            pixels, page = pages(seed * 1_000_000 + i)
            file = images / f"{seed}-{i:05d}.png"
            if not file.exists():
                buffer = io.BytesIO()
                Image.fromarray(pixels).save(buffer, "PNG")
                beside = file.with_name(file.name + ".part")
                beside.write_bytes(buffer.getvalue())
                beside.replace(file)
            made.append(DatasetPage(file, page, f"{seed}-{i}", frozenset(LABELS)))
    except OSError as error:
        raise DocmarksError(f"{folder}: cannot be written ({error.strerror}); choose another -o") from error
    dataset = Dataset(folder, folder.name, tuple(made), {"description": f"made by docmarks synth, seed {seed}"})
    write(dataset, folder / FILE)
    return dataset
