"""SignverOD: signatures, initials, redactions and dates on 2,765 scanned pages (Dibia and Reed, 2022).

As published on Kaggle (victordibia/signverod): ``image_ids.csv`` (height, width, id, file_name), ``train.csv`` and
``test.csv`` (area, bbox, category_id, id, image_id), images in ``images/``; ``bbox`` is left, top, width, height as
shares of the page. Two batches were joined without new numbers: in ``image_ids.csv`` identifiers start again, and in
the other tables, too, each in the same order (dataset-ninja/signver-od tells them apart in this way).
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from docmarks.data.dataset import Dataset
from docmarks.data.files import read_text
from docmarks.data.formats.intake import Intake, Wanted, folder_of
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.marks import Mark

IMAGES, TABLES = "image_ids.csv", {"train": "train.csv", "test": "test.csv"}

CATEGORIES = {"1": "Signature", "2": "Initials", "3": "Redaction", "4": "Date"}

Row = dict[str, str]

Key = tuple[bool, int]
"""Whether an image is of the second batch, and its number there."""


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """The folder of the tables, or one of them.

    Raises:
        DocmarksError: A table is missing, or lacks a column.
    """
    root = folder_of(path)
    intake = Intake(root, notes, wanted, dict.fromkeys(CATEGORIES.values()), name="SignverOD")
    images = _rows(root / IMAGES, ("file_name", "id", "height", "width"))
    again = max(Counter(row["id"] for row in images).values(), default=1) > 1
    keys = list(_keys([row["id"] for row in images], again, root / IMAGES))
    if len(set(keys)) < len(keys):
        raise DocmarksError(f"{root / IMAGES}: image ids start again more than once; give each image its own id")
    boxes: dict[Key, list[tuple[Row, str]]] = {key: [] for key in keys}
    parts: dict[Key, str] = {}
    for part, name in TABLES.items():
        if not (root / name).exists():
            notes.add("tables that are not there", name)
            continue
        rows = _rows(root / name, ("bbox", "category_id", "image_id"))
        for number, (row, key) in enumerate(
            zip(rows, _keys([row["image_id"] for row in rows], again, root / name), strict=True), start=2
        ):
            if key not in boxes:
                notes.add("boxes of images that are not listed (left out)", f"{name}: line {number}")
                continue
            if parts.setdefault(key, part) != part:
                notes.add("boxes of test that are on a page of train (kept in train)", f"{name}: line {number}")
            boxes[key].append((row, f"{name}: line {number}"))
    for row, key in zip(images, keys, strict=True):
        reference = f"images/{row['file_name']}"
        size = None if intake.find(reference) is not None else (int(float(row["width"])), int(float(row["height"])))
        if not boxes[key]:
            notes.add("images without a box (taken as not annotated)", row["file_name"])
        intake.add(
            reference,
            size,
            lambda width, height, key=key: _marks(boxes[key], (width, height), intake),  # type: ignore[misc]
            part=parts.get(key, ""),
            looked_at=bool(boxes[key]),
        )
    return intake.dataset()


def _marks(rows: list[tuple[Row, str]], size: tuple[int, int], intake: Intake) -> Iterator[Mark | None]:
    for row, where in rows:
        label = CATEGORIES.get(row["category_id"].strip())
        try:
            left, top, width, height = (float(v) for v in json.loads(row["bbox"]))
        except (TypeError, ValueError):
            left = top = width = height = float("nan")
        edges = (left * size[0], top * size[1], (left + width) * size[0], (top + height) * size[1])
        yield intake.mark(edges, [label] if label else [], where)


def _keys(identifiers: list[str], again: bool, file: Path) -> Iterator[Key]:
    """Each row's image: of the second batch from the row on at which the numbers fall."""
    last, second = -1, False
    for line, identifier in enumerate(identifiers, start=2):
        try:
            number = int(float(identifier))
        except ValueError as error:
            raise DocmarksError(f"{file}: line {line} has the image id {identifier}; write a number") from error
        second = second or (again and number < last)
        last = number
        yield second, number


def _rows(file: Path, needed: tuple[str, ...]) -> list[Row]:
    reader = csv.DictReader(io.StringIO(read_text(file)))
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise DocmarksError(f"{file}: has no column {missing[0]}; it is no table of SignverOD, give --from")
    return [{key: value or "" for key, value in row.items() if key is not None} for row in reader]
