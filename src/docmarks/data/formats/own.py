"""Our own form, as `data convert` takes it: its images may have moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docmarks.data import coco_file
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.formats.find_image import ImageFinder
from docmarks.data.formats.intake import NOT_THERE, Wanted
from docmarks.data.formats.notes import Notes


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """The set; an image that is not where the annotations say is looked for.

    Raises:
        DocmarksError: The file is missing or broken.
    """
    dataset = coco_file.read(path)
    find = ImageFinder(dataset.root, wanted.images)

    def found(page: DatasetPage) -> DatasetPage:
        if page.file.is_file():
            return page
        inside = page.file.is_relative_to(dataset.root)
        reference = str(page.file.relative_to(dataset.root) if inside else page.file)
        file = find(reference)
        if file is None:
            notes.add(NOT_THERE, reference)
            return page
        return replace(page, file=file)

    return replace(dataset, pages=tuple(found(page) for page in dataset.pages))


def write(dataset: Dataset, target: Path) -> Path:
    """Writes the set, into a folder or as a file that ends in .json, and returns the file."""
    file = target if target.suffix.lower() == ".json" else target / coco_file.FILE
    coco_file.write(dataset, file)
    return file
