"""Our own form, as `data convert` takes it: its images may have moved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docmarks.data import coco_file
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.files import is_there
from docmarks.data.formats.find_image import ImageFinder, mean_theirs
from docmarks.data.formats.intake import NOT_THERE, Wanted
from docmarks.data.formats.notes import Notes


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """The set; an image that is not where the annotations say is looked for.

    Raises:
        DocmarksError: The file is missing or broken.
    """
    dataset = coco_file.read(path)
    find = ImageFinder(dataset.root, wanted.images)
    references = [_reference(page, dataset.root) for page in dataset.pages]
    files = [
        page.file if is_there(page.file) else find(reference)
        for page, reference in zip(dataset.pages, references, strict=True)
    ]
    pages = []
    for page, reference, file, theirs in zip(
        dataset.pages, references, files, mean_theirs(references, files), strict=True
    ):
        if file is None or not theirs:
            notes.add(NOT_THERE, reference)
            pages.append(page)
        else:
            pages.append(replace(page, file=file))
    return replace(dataset, pages=tuple(pages))


def _reference(page: DatasetPage, root: Path) -> str:
    return str(page.file.relative_to(root) if page.file.is_relative_to(root) else page.file)


def write(dataset: Dataset, target: Path) -> Path:
    """Writes the set, into a folder or as a file that ends in .json, and returns the file."""
    file = target if target.suffix.lower() == ".json" else target / coco_file.FILE
    coco_file.write(dataset, file)
    return file
