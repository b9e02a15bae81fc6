"""What a data set is, in one number: a run that goes on with other data would be another run."""

from __future__ import annotations

import hashlib
import json
import os

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.files import is_there


def fingerprint(dataset: Dataset) -> str:
    """SHA-256, in hex, over what is annotated and over the names and sizes of the images.

    The order of the pages, the layout of the file and where the folder lies do not matter. The pixels are not read: an
    image that was replaced shows by its size in bytes.
    """
    digest = hashlib.sha256()
    for line in sorted(json.dumps(_page(page, dataset)) for page in dataset.pages):
        digest.update(line.encode("ascii") + b"\n")
    return digest.hexdigest()


def _page(page: DatasetPage, dataset: Dataset) -> list[object]:
    size = page.file.stat().st_size if is_there(page.file) else -1
    marks = sorted([list(mark.box), sorted(mark.labels), mark.ignore] for mark in page.page.marks)
    name = os.path.relpath(page.file, dataset.root.absolute())
    known, shape = sorted(page.exhaustive), [page.page.width, page.page.height]
    fields = sorted(repr(field) for field in page.extra.get("fields", ()))
    place = [page.number] if page.number > 1 else []
    return [name, size, *place, shape, page.group, page.part, known, marks, fields]
