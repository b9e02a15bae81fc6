"""Any detector's output, read for evaluation: COCO results, COCO with scores, or what `docmarks detect` wrote."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from docmarks.data.coco_file import load
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Box, Detections
from docmarks.results.evaluation_files import METRICS
from docmarks.results.page_finder import PageFinder
from docmarks.results.schema import DocumentRecord

UNTOLD_THRESHOLD = 0.5
"""Of every label, where the file does not lie beside the metrics of its run."""

SAME_SHAPE = 0.02
"""A page may have been seen at another size, but with sides in the same proportion up to this."""


@dataclass(frozen=True)
class Predictions:
    """What a file holds.

    Attributes:
        found: Detections of each page, by its file and its number in that; a page that has none is not there.
        labels: Of the label set, or those of the run that wrote the file.
        thresholds: One a label.
        label_set: The set of the labels.
        model: What found them, as far as it is known.
        notes: What was left out, a line each.
    """

    found: dict[tuple[Path, int], Detections]
    labels: tuple[str, ...]
    thresholds: tuple[float, ...]
    label_set: LabelSet
    model: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Guess:
    """One box with one label: ``where`` and ``category`` as the file has them."""

    what: str
    where: dict[str, Any]
    category: Any
    box: Box
    score: float


def read_predictions(path: Path, datasets: Sequence[Dataset], label_set: LabelSet | None = None) -> Predictions:
    """Reads a file, or a folder that `docmarks detect` wrote.

    A page is found by ``file_name``, else by ``image_id``; a label by ``label``, else by ``category_id`` among the
    categories of the file or of the data sets. Labels go through the label set's rules.

    Args:
        path: The file.
        datasets: With all their pages.
        label_set: Of the labels to judge; None takes that of the run that wrote the file, or the default.

    Raises:
        DocmarksError: What is wrong, with the record, in one line.
    """
    run = _run_beside(path)
    chosen = label_set or LabelSet.load(run.get("label_set", "default"))
    labels = tuple(run["labels"]) if run and label_set is None else chosen.labels
    reader = _Reader(path, chosen, labels, PageFinder(datasets), _categories(datasets))
    for guess in reader.guesses():
        reader.add(guess)
    found = reader.detections()
    if reader.n_guesses and not found:
        hint = reader.notes[0] if reader.notes else "no score is over 0"
        raise DocmarksError(f"{path}: nothing in it is of these data sets: {hint}")
    stored = run.get("thresholds", {})
    thresholds = tuple(float(stored.get(label, UNTOLD_THRESHOLD)) for label in labels)
    return Predictions(found, labels, thresholds, chosen, str(run.get("model") or path.name), tuple(reader.notes))


class _Reader:
    """Collects boxes by page."""

    def __init__(
        self,
        path: Path,
        label_set: LabelSet,
        labels: tuple[str, ...],
        finder: PageFinder,
        categories: dict[Any, set[str]],
    ) -> None:
        self.path, self.label_set, self.labels, self.finder = path, label_set, labels, finder
        self.categories = categories
        self.n_guesses = 0
        self._rows: dict[tuple[Path, int], list[tuple[Box, dict[int, float]]]] = {}
        self._known: dict[str, tuple[int, ...]] = {}
        self._unknown_labels: Counter[str] = Counter()
        self._unknown_pages: Counter[str] = Counter()

    @property
    def notes(self) -> list[str]:
        """What was left out."""
        notes = []
        for label, n in self._unknown_labels.most_common():
            notes.append(f"{n} boxes of {label}, which label set {self.label_set.name} does not have, are left out")
        if self._unknown_pages:
            name, count = next(iter(self._unknown_pages)), self._unknown_pages.total()
            pages = f"{len(self._unknown_pages)} pages that are not in the data sets"
            notes.append(f"{count} boxes are of {pages}, such as {name}")
        return notes

    def add(self, guess: Guess) -> None:
        """Takes one box into its page."""
        self.n_guesses += 1
        pages = self.finder.find(guess.where)
        if len({(page.file, page.number) for page in pages}) > 1:
            which = " and ".join(f"{page.file} (page {page.number})" for page in pages[:2])
            raise self._error(f"{guess.what} may be of {which}; give each record its file_name, with its folder")
        columns = self._columns(guess)
        if not pages:
            self._unknown_pages[str(guess.where.get("file_name") or guess.where.get("image_id"))] += 1
            return
        if not columns:
            return
        box = self._scaled(guess, pages[0])
        rows = self._rows.setdefault((pages[0].file, pages[0].number), [])
        # One box with several labels is written as several records, one after the other.
        if not rows or rows[-1][0] != box or any(k in rows[-1][1] for k in columns):
            rows.append((box, {}))
        for k in columns:
            rows[-1][1][k] = max(guess.score, float(np.finfo(np.float32).tiny))

    def detections(self) -> dict[tuple[Path, int], Detections]:
        """The boxes of each page, as precise as in the file."""
        found = {}
        for page, rows in self._rows.items():
            boxes, scores = np.zeros((len(rows), 4)), np.zeros((len(rows), len(self.labels)))
            for i, (box, columns) in enumerate(rows):
                boxes[i] = box
                scores[i, list(columns)] = list(columns.values())
            found[page] = Detections(boxes, scores, self.labels)  # type: ignore[arg-type]
        return found

    def guesses(self) -> Iterator[Guess]:
        """The boxes of the file, whatever its form."""
        if self.path.is_dir():
            yield from self._folder()
            return
        _, data = load(self.path)
        if isinstance(data, list) and data and isinstance(data[0], dict) and "pages" in data[0]:
            for number, record in enumerate(data, start=1):
                yield from self._document(record, f"document {number}")
        elif isinstance(data, list):
            yield from self._results(data, {})
        elif isinstance(data, dict) and "pages" in data:
            yield from self._document(data, "the document")
        elif isinstance(data, dict) and isinstance(data.get("annotations"), list):
            categories = {c.get("id"): {str(c.get("name"))} for c in _objects(data.get("categories"))}
            self.categories = categories or self.categories
            images = {image.get("id"): image for image in _objects(data.get("images"))}
            yield from self._results(data["annotations"], images)
        else:
            raise self._error("neither COCO results (a list of boxes) nor what `docmarks detect` writes")

    def _folder(self) -> Iterator[Guess]:
        files = sorted(file for file in self.path.glob("*.json") if not file.name.startswith("."))
        read = 0
        for file in files:
            _, data = load(file)
            if isinstance(data, dict) and "schema_version" in data:
                read += 1
                yield from self._document(data, file.name)
        if not read:
            raise self._error("no result of `docmarks detect` in this folder; name a file of predictions")

    def _document(self, data: Any, what: str) -> Iterator[Guess]:
        try:
            document = DocumentRecord.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise self._error(f"{what}: {key}: {first['msg']}; it is no result of `docmarks detect`") from error
        for page in document.pages:
            where = {"file_name": document.file, "page": page.number, "width": page.width, "height": page.height}
            for n, mark in enumerate(page.marks, start=1):
                box = (mark.left, mark.top, mark.right, mark.bottom)
                for entry in mark.labels:
                    yield Guess(f"mark {n} of {document.file}", where, entry.label, box, entry.confidence)

    def _results(self, records: list[Any], images: dict[Any, dict[str, Any]]) -> Iterator[Guess]:
        for number, record in enumerate(records, start=1):
            what = f"record {number}"
            if not isinstance(record, dict):
                raise self._error(f"{what} is no object with image_id, category_id, bbox and score")
            identifier = record.get("image_id")
            image = images.get(identifier, {}) if isinstance(identifier, int | str) else {}
            where = {**image, **record} if image else record
            box = self._box(record.get("bbox"), what)
            labels, scores = record.get("labels"), record.get("scores")
            if isinstance(labels, list) and isinstance(scores, list) and len(labels) == len(scores):
                for label, score in zip(labels, scores, strict=True):
                    yield Guess(what, where, label, box, self._score(score, what))
            else:
                category = self._category(record, what)
                yield Guess(what, where, category, box, self._score(record.get("score"), what))

    def _category(self, record: dict[str, Any], what: str) -> str:
        label = record.get("label", record.get("category_name"))
        if isinstance(label, str):
            return label
        category = record.get("category_id")
        names = self.categories.get(category, set()) if isinstance(category, int | str) else set()
        if len(names) > 1:
            raise self._error(
                f"{what}: category {category} is {' and '.join(sorted(names))}; add a label to each record"
            )
        if not names:
            raise self._error(f'{what}: no data set has the category {category}; add "label": NAME to each record')
        return next(iter(names))

    def _columns(self, guess: Guess) -> tuple[int, ...]:
        name = str(guess.category)
        if name not in self._known:
            spelt = {_spelling(label): label for label in (*self.label_set.labels, *self.label_set.rename)}
            own = spelt.get(_spelling(name))
            labels = (own,) if own in self.label_set.labels else self.label_set.apply([own or name]).labels
            self._known[name] = tuple(self.labels.index(label) for label in labels if label in self.labels)
        if not self._known[name]:
            self._unknown_labels[name] += 1
        return self._known[name]

    def _box(self, box: Any, what: str) -> Box:
        if not isinstance(box, list) or len(box) != 4 or not all(_is_number(v) for v in box):
            raise self._error(f"{what} needs a bbox of four numbers (x, y, width, height), not {box}")
        x, y, width, height = (float(v) for v in box)
        if width < 0 or height < 0:
            raise self._error(f"{what} has a negative width or height: {box}; bbox is x, y, width, height")
        return x, y, x + width, y + height

    def _score(self, score: Any, what: str) -> float:
        if not _is_number(score) or not 0 <= score <= 1:
            raise self._error(f"{what} has the score {score}; write a number from 0 to 1")
        return float(score)

    def _scaled(self, guess: Guess, page: DatasetPage) -> Box:
        """In pixels of the data set's page, which may be of another size than the one that the detector saw."""
        width, height = guess.where.get("width"), guess.where.get("height")
        if not _is_number(width) or not _is_number(height) or not width or not height:
            return guess.box
        across, down = page.page.width / width, page.page.height / height
        if across == down == 1:
            return guess.box
        if abs(across / down - 1) > SAME_SHAPE:
            there = f"{page.page.width} x {page.page.height}"
            raise self._error(f"{guess.what} is of a page of {width} x {height}, {page.file} is {there}; detect again")
        left, top, right, bottom = guess.box
        return left * across, top * down, right * across, bottom * down

    def _error(self, message: str) -> DocmarksError:
        return DocmarksError(" ".join(f"{self.path}: {message}".split()))


def _run_beside(path: Path) -> dict[str, Any]:
    """What the metrics of the evaluation say that wrote these predictions, if it lies beside them."""
    try:
        found = json.loads((path.parent / METRICS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    wanted = {"labels": list, "thresholds": dict, "label_set": str}
    known = isinstance(found, dict) and all(isinstance(found.get(key), kind) for key, kind in wanted.items())
    return found if known and path.is_file() else {}


def _categories(datasets: Sequence[Dataset]) -> dict[Any, set[str]]:
    """Identifier to the names that the sets give it."""
    names: dict[Any, set[str]] = {}
    for dataset in datasets:
        for identifier, name in dataset.categories.items():
            names.setdefault(identifier, set()).add(name)
    return names


def _objects(value: Any) -> list[dict[str, Any]]:
    return [record for record in value if isinstance(record, dict)] if isinstance(value, list) else []


def _spelling(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
