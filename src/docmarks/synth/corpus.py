"""Many pages on disk, as a data set that an interrupted run goes on with."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.data.coco_file import FILE, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.errors import DocmarksError
from docmarks.marks import Mark, Page
from docmarks.synth.page import SyntheticPages

JOURNAL = "pages.jsonl"
"""One line a page that is on disk, after a line that says how they are made."""


def make_corpus(
    pages: SyntheticPages,
    count: int,
    seed: int,
    folder: Path,
    watch: Callable[[Iterable[int]], Iterable[int]] = iter,
) -> Dataset:
    """Writes ``count`` pages as PNG with their annotations; pages that are there already are not made again.

    Args:
        pages: Makes the page of a seed.
        count: How many.
        seed: Of the corpus: page i has the seed ``seed * 1_000_000 + i``.
        folder: Where to.
        watch: Wraps the page numbers, to show a bar.

    Raises:
        DocmarksError: The folder cannot be written, or holds pages that were made in another way.
    """
    images, made = folder / "images", []
    try:
        images.mkdir(parents=True, exist_ok=True)
        journal = Journal(folder / JOURNAL, {"seed": seed, **pages.settings})
        for i in watch(range(count)):
            file = images / f"{seed}-{i:05d}.png"
            page = journal.page(file)
            if page is None:
                pixels, page = pages(seed * 1_000_000 + i)
                _save(pixels, file)
                journal.add(file, page)
            made.append(DatasetPage(file, page, f"{seed}-{i}", pages.exhaustive))
    except OSError as error:
        raise DocmarksError(f"{folder}: cannot be written ({error.strerror}); choose another -o") from error
    info = {"description": f"made by docmarks synth, seed {seed}", **pages.settings}
    dataset = Dataset(folder, folder.name, tuple(made), info)
    write(dataset, folder / FILE)
    return dataset


class Journal:
    """The pages of a folder that are done, so that a run goes on where the last one stopped."""

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        """Reads what is there, or begins.

        Raises:
            DocmarksError: The folder's pages were made with other settings.
        """
        self.path = path
        self._done: dict[str, Page] = {}
        # A run that was cut off may have left half a line at the end.
        self._torn = path.exists() and not path.read_bytes().endswith(b"\n")
        lines = [line for line in _lines(path) if line is not None]
        if not lines:
            path.write_text(json.dumps(settings) + "\n")
        elif lines[0] != settings:
            raise DocmarksError(f"{path.parent}: holds pages made with {lines[0]}; choose another -o")
        for record in lines[1:]:
            marks = tuple(Mark(tuple(box), tuple(labels), ignore=lost) for box, labels, lost in record["marks"])
            self._done[record["name"]] = Page(record["width"], record["height"], record["dpi"], marks=marks)

    def page(self, file: Path) -> Page | None:
        """The marks of a page whose image is on disk."""
        return self._done.get(file.name) if file.exists() else None

    def add(self, file: Path, page: Page) -> None:
        """Notes that a page is on disk."""
        marks = [(mark.box, mark.labels, mark.ignore) for mark in page.marks]
        record = {"name": file.name, "width": page.width, "height": page.height, "dpi": page.dpi, "marks": marks}
        with self.path.open("a") as journal:
            journal.write("\n" + json.dumps(record) if self._torn else json.dumps(record))
            journal.write("\n")
        self._torn = False


def _lines(path: Path) -> Iterable[dict[str, Any] | None]:
    if not path.exists():
        return
    for line in path.read_text().splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            yield None


def _save(pixels: NDArray[np.uint8], file: Path) -> None:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    beside = file.with_name(file.name + ".part")
    beside.write_bytes(buffer.getvalue())
    beside.replace(file)
