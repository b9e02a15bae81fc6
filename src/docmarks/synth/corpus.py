"""Many pages on disk, as a data set that an interrupted run goes on with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.data.coco_file import FILE, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.errors import DocmarksError
from docmarks.files.atomic import whole
from docmarks.files.json_lines import Line, open_lines, read_lines
from docmarks.marks import Mark, Page
from docmarks.synth.made import MadePage, MadePages
from docmarks.synth.workers import each

JOURNAL = "pages.jsonl"
"""One line a page that is on disk, after a line that says how they are made."""


def make_corpus(
    pages: MadePages,
    folder: Path,
    workers: int = 1,
    watch: Callable[[Iterator[int], int], Iterable[int]] = lambda done, _: done,
) -> Dataset:
    """Writes all pages as PNG with their annotations; pages that are there already are not made again.

    Images and annotations are the same, byte for byte, whatever the number of workers and however often the run was
    interrupted.

    Args:
        pages: What is made.
        folder: Where to.
        workers: Processes; with several, the calling script needs ``if __name__ == "__main__"``.
        watch: Wraps the numbers of the pages as they get done, of so many in all, to show a bar.

    Raises:
        DocmarksError: The folder cannot be written, or holds pages that were made in another way.
    """
    images = folder / "images"
    try:
        images.mkdir(parents=True, exist_ok=True)
        journal = Journal(folder / JOURNAL, pages.settings)
        missing = [i for i in range(len(pages)) if not journal.has(_file(images, pages, i))]
        made = each(Maker(pages, images), missing, workers)
        for _ in watch(_noted(journal, made), len(missing)):
            pass
    except OSError as error:
        raise DocmarksError(f"{folder}: cannot be written ({error.strerror}); choose another -o") from error
    info = {"description": "made by docmarks synth", **pages.settings}
    records = (journal.page(_file(images, pages, i)) for i in range(len(pages)))
    dataset = Dataset(folder, folder.name, tuple(records), info)
    write(dataset, folder / FILE)
    return dataset


def _file(images: Path, pages: MadePages, index: int) -> Path:
    return images / f"{pages.name(index)}.png"


def _noted(journal: Journal, made: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[int]:
    for index, record in made:
        journal.add(record)
        yield index


class Maker:
    """Makes a page and puts its image on disk; what else is to be said of it is the answer."""

    def __init__(self, pages: MadePages, images: Path) -> None:
        """Where the images go."""
        self._pages, self._images = pages, images

    def __call__(self, index: int) -> tuple[int, dict[str, Any]]:
        """Page ``index``: its number and its record."""
        made = self._pages[index]
        file = _file(self._images, self._pages, index)
        _save(made.pixels, file)
        return index, record(file, made)


def record(file: Path, made: MadePage) -> dict[str, Any]:
    """What the journal keeps of a page."""
    page = made.page
    return {
        "name": file.name,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "group": made.group,
        "exhaustive": sorted(made.exhaustive),
        "extra": dict(made.extra),
        "marks": [(mark.box, mark.labels, mark.ignore) for mark in page.marks],
    }


KEYS = {"name", "width", "height", "dpi", "group", "exhaustive", "extra", "marks"}


class Journal:
    """The pages of a folder that are done, so that a run goes on where the last one stopped."""

    def __init__(self, path: Path, settings: dict[str, Any]) -> None:
        """Reads what is there, or begins.

        Raises:
            DocmarksError: The folder's pages were made with other settings.
        """
        self.path = path
        self._done: dict[str, Line] = {}
        lines = read_lines(path)
        if not lines:
            self._append(settings, anew=True)
        elif lines[0] != json.loads(json.dumps(settings)):
            raise DocmarksError(f"{path.parent}: holds pages made with {lines[0]}; choose another -o")
        for line in lines[1:]:
            if KEYS <= line.keys():  # else it was not written by us, and the page is made again
                self._done[line["name"]] = line

    def has(self, file: Path) -> bool:
        """Whether a page is noted and its image on disk."""
        return file.name in self._done and file.exists()

    def page(self, file: Path) -> DatasetPage:
        """A page that is done."""
        line = self._done[file.name]
        marks = tuple(Mark(tuple(box), tuple(labels), ignore=lost) for box, labels, lost in line["marks"])
        page = Page(line["width"], line["height"], line["dpi"], marks=marks)
        return DatasetPage(file, page, line["group"], frozenset(line["exhaustive"]), line["extra"])

    def add(self, line: dict[str, Any]) -> None:
        """Notes that a page is on disk."""
        self._done[line["name"]] = self._append(line)

    def _append(self, line: Line, anew: bool = False) -> Line:
        """Writes a line, and says what will be read of it: tuples become lists."""
        text = json.dumps(line)
        with open_lines(self.path, anew) as journal:
            journal.write(f"{text}\n")
        found: Line = json.loads(text)
        return found


def _save(pixels: NDArray[np.uint8], file: Path) -> None:
    with whole(file) as part:
        Image.fromarray(pixels).save(part, "PNG", compress_level=3)
