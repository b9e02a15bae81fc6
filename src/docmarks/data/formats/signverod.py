"""SignverOD: signatures, initials, redactions and dates on 2,765 scanned pages (Dibia and Reed, 2022).

As published on Kaggle (victordibia/signverod): ``image_ids.csv`` (height, width, id, file_name), ``train.csv`` and
``test.csv`` (area, bbox, category_id, id, image_id), images in ``images/``; ``bbox`` is left, top, width, height as
shares of the page. Two batches were joined without new numbers, so that two images may have one identifier; in the
other tables the rows of the second batch follow those of the first, and the numbers fall where it begins
(dataset-ninja/signver-od tells them apart in this way).
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
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

TWICE = "boxes of an image id that two images have, in a table out of order (left out)"

Row = dict[str, str]


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """The folder of the tables, or one of them.

    Raises:
        DocmarksError: A table is missing, or lacks a column.
    """
    root = folder_of(path)
    intake = Intake(root, notes, wanted, dict.fromkeys(CATEGORIES.values()), name="SignverOD")
    images = _rows(root / IMAGES, ("file_name", "id", "height", "width"))
    same: dict[int, list[int]] = defaultdict(list)  # rows of the images with an identifier, first batch first
    for row, image in enumerate(images):
        same[_number(image["id"], root / IMAGES, row)].append(row)
    boxes: list[list[tuple[Row, str]]] = [[] for _ in images]
    parts: dict[int, str] = {}
    for part, name in TABLES.items():
        if not (root / name).exists():
            notes.add("tables that are not there", name)
            continue
        table = _rows(root / name, ("bbox", "category_id", "image_id"))
        numbers = [_number(record["image_id"], root / name, i) for i, record in enumerate(table)]
        falls = [i for i in range(1, len(numbers)) if numbers[i] < numbers[i - 1]]
        for i, (record, number) in enumerate(zip(table, numbers, strict=True)):
            where, candidates = f"{name}: line {i + 2}", same.get(number, [])
            if len(candidates) > 1:
                candidates = [candidates[i >= falls[0]]] if len(candidates) == 2 and len(falls) == 1 else []
                notes.add(TWICE, where, not candidates)
            elif not candidates:
                notes.add("boxes of images that are not listed (left out)", where)
            for row in candidates:
                if parts.setdefault(row, part) != part:
                    notes.add("boxes of test that are on a page of train (kept in train)", where)
                boxes[row].append((record, where))
    for row, image in enumerate(images):
        reference = f"images/{image['file_name']}"
        told = (int(float(image["width"])), int(float(image["height"])))
        notes.add("images without a box (taken as not annotated)", image["file_name"], not boxes[row])
        intake.add(
            reference,
            told if intake.find(reference) is None else None,
            lambda width, height, row=row: _marks(boxes[row], (width, height), intake),  # type: ignore[misc]
            part=parts.get(row, ""),
            looked_at=bool(boxes[row]),
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


def _number(identifier: str, file: Path, row: int) -> int:
    try:
        return int(float(identifier))
    except ValueError as error:
        raise DocmarksError(f"{file}: line {row + 2} has the image id {identifier}; write a number") from error


def _rows(file: Path, needed: tuple[str, ...]) -> list[Row]:
    reader = csv.DictReader(io.StringIO(read_text(file)))
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise DocmarksError(f"{file}: has no column {missing[0]}; it is no table of SignverOD, give --from")
    return [{key: value or "" for key, value in row.items() if key is not None} for row in reader]
