"""CSV: a line a box, a page without boxes on a line without a box.

Ours has the columns ``COLUMNS``; the usual names of others are understood, ``left_pt`` and the like are points of a PDF
page, and what ``docmarks detect`` writes reads, too.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from docmarks.data.dataset import Dataset
from docmarks.data.files import read_text, relative, write_text
from docmarks.data.formats.holds import EVERYTHING
from docmarks.data.formats.intake import Intake, Wanted, folder_of
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.files.csv_text import csv_text
from docmarks.marks import POINTS_PER_INCH, Mark

HOLDS = replace(EVERYTHING, extra=False, info=False)

FILE = "annotations.csv"

EDGES = ("left", "top", "right", "bottom")

COLUMNS = (
    *("file", "page", "width", "height", "dpi"),
    *EDGES,
    *("labels", "scores", "uncertain", "group", "split", "exhaustive"),
)

ALIASES = {
    "file": ("filename", "file_name", "image", "image_path", "img", "path", "image_id"),
    "left": ("xmin", "x_min", "x1"),
    "top": ("ymin", "y_min", "y1"),
    "right": ("xmax", "x_max", "x2"),
    "bottom": ("ymax", "y_max", "y2"),
    "labels": ("label", "class", "class_name", "category", "tag", "name"),
    "scores": ("confidence", "score", "conf"),
    "page": ("page_number",),
    "group": ("document",),
}
"""Other names of our columns, each used if ours is not there."""

HEADLESS = ("file", *EDGES, "labels")
"""The columns of a file without a header, as several training scripts of others want it."""

Row = Mapping[str, str]


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """One CSV file, or a folder's ``*.csv``.

    Raises:
        DocmarksError: A needed column is missing, or a line has no number where one is needed.
    """
    intake = Intake(folder_of(path), notes, wanted)
    for file in sorted(path.glob("*.csv")) if path.is_dir() else [path]:
        pages: dict[tuple[str, int], list[tuple[int, Row]]] = {}
        for line, row in _rows(file, notes):
            if not row["file"]:
                raise DocmarksError(f"{file}: line {line} names no file; write it into the first column")
            key = row["file"], int(_number(row, "page", file, line) or 1)
            pages.setdefault(key, []).append((line, row))
        for (reference, number), rows in pages.items():
            _read_page(reference, number, rows, file, intake)
    return intake.dataset()


def columns(header: list[str]) -> dict[str, str]:
    """Our name of each column that has one, to the name it has there."""
    there = {name.strip().lower(): name for name in header}
    names = (*COLUMNS, *(f"{edge}_pt" for edge in EDGES))
    found = {ours: next((there[n] for n in (ours, *ALIASES.get(ours, ())) if n in there), None) for ours in names}
    return {ours: theirs for ours, theirs in found.items() if theirs is not None}


def is_table(header: list[str]) -> bool:
    """Whether these are the columns of boxes."""
    known = columns(header)
    return "file" in known and "labels" in known and ({*EDGES} <= known.keys() or f"{EDGES[0]}_pt" in known)


def has_no_header(first: list[str]) -> bool:
    """Whether a file's first line is a box already."""
    if len(first) != len(HEADLESS):
        return False
    numbers = [_float(word) for word in first[1:5]]
    return all(number is not None for number in numbers) or not any(first[1:])


def split_line(text: str) -> list[str]:
    """The words of a file's first line."""
    first = text.split("\n", 1)[0].rstrip("\r")
    return next(csv.reader([first], delimiter=_delimiter(first)), [])


def _delimiter(line: str) -> str:
    return max(",;\t", key=line.count)


def _rows(file: Path, notes: Notes) -> Iterator[tuple[int, Row]]:
    text = read_text(file)
    header, delimiter = split_line(text), _delimiter(text.split("\n", 1)[0])
    bare = has_no_header(header)
    if not bare and not is_table(header):
        needed = "file, left, top, right, bottom and labels (or left_pt ... bottom_pt)"
        raise DocmarksError(
            f"{file}: not a table of boxes, its columns are {', '.join(header[:12])}; it needs {needed}"
        )
    known = dict(zip(HEADLESS, HEADLESS, strict=True)) if bare else columns(header)
    spare = [name for name in header if name not in known.values() and name != "label"]
    if spare and not bare:
        notes.add("columns that have no place here (lost)", ", ".join(spare), len(spare))
    reader = csv.DictReader(io.StringIO(text, newline=""), HEADLESS if bare else None, delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, {ours: (row.get(theirs) or "").strip() for ours, theirs in known.items()}
    except csv.Error as error:
        raise DocmarksError(f"{file}: line {reader.line_num} is broken ({error}); export it again") from error


def _read_page(reference: str, number: int, rows: list[tuple[int, Row]], file: Path, intake: Intake) -> None:
    line, first = rows[0]
    width, height = (int(_number(first, side, file, line) or 0) for side in ("width", "height"))
    dpi = _number(first, "dpi", file, line)
    points = f"{EDGES[0]}_pt" in first

    def marks(*_: int) -> Iterator[Mark | None]:
        for line, row in rows:
            edges = [row.get(f"{edge}_pt" if points else edge, "") for edge in EDGES]
            if any(edges):
                yield _mark(row, edges, scale if points else 1.0, f"{file}: line {line}", intake)

    size = (width, height) if width and height else None
    if size is None or (points and not dpi):
        measured = intake.size(reference, number)
        if measured is None:
            return
        size, dpi = size or measured[:2], dpi or measured[2]
    scale = (dpi or POINTS_PER_INCH) / POINTS_PER_INCH
    intake.add(
        reference,
        size,
        marks,
        number=number,
        dpi=dpi,
        group=first.get("group", ""),
        part=first.get("split", ""),
        exhaustive=_list(first["exhaustive"]) if "exhaustive" in first else None,
    )


def _mark(row: Row, edges: list[str], scale: float, where: str, intake: Intake) -> Mark | None:
    numbers = [_float(edge) for edge in edges]
    box: list[Any] = [None if number is None else number * scale for number in numbers]
    labels = _list(row["labels"])
    scores = [score for word in row.get("scores", "").split("+") if (score := _float(word)) is not None]
    if len(scores) == 1:
        scores *= len(labels)  # one confidence for the box
    ignore = row.get("uncertain", "").lower() in ("1", "true", "yes")
    return intake.mark(box, labels, where, scores, ignore)


def _number(row: Row, column: str, file: Path, line: int) -> float | None:
    word = row.get(column, "")
    if not word:
        return None
    number = _float(word)
    if number is None or number <= 0:
        raise DocmarksError(f"{file}: line {line} has the {column} {word}; write a number over 0, or nothing")
    return number


def _float(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _list(cell: str) -> list[str]:
    if cell.startswith("["):
        try:
            found = json.loads(cell)
        except json.JSONDecodeError:
            return [cell]
        return [str(label) for label in found] if isinstance(found, list) else [cell]
    return [label.strip() for label in cell.split("+") if label.strip()]


def _cell(labels: list[str]) -> str:
    """Labels joined by "+"; as a JSON list where one holds such a sign itself."""
    plain = not any("+" in label or label.startswith("[") for label in labels)
    return "+".join(labels) if plain else json.dumps(labels, ensure_ascii=False)


def write(dataset: Dataset, target: Path) -> Path:
    """Writes one table; ``target`` is it, or its folder."""
    file = target if target.suffix.lower() == ".csv" else target / FILE
    rows: list[tuple[object, ...]] = [COLUMNS]
    for page in dataset.pages:
        size = (page.page.width, page.page.height, repr(float(page.page.dpi)))
        rest = (page.group, page.part, _cell(sorted(page.exhaustive)))
        start = (relative(page.file, file.parent), page.number, *size)
        for mark in page.page.marks:
            scores = "+".join(map(repr, mark.scores))
            box = map(repr, map(float, mark.box))
            rows.append((*start, *box, _cell(list(mark.labels)), scores, int(mark.ignore), *rest))
        if not page.page.marks:
            rows.append((*start, *[""] * 7, *rest))
    write_text(file, csv_text(rows))
    return file
