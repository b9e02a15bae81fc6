"""Any detector's output, read for evaluation: COCO results, COCO with scores, or what `docmarks detect` wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.number import is_number
from docmarks.errors import DocmarksError
from docmarks.evaluate.predictions import Predictions
from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import UNTOLD_THRESHOLD, Box, Detections
from docmarks.results.evaluation_files import METRICS, PREDICTIONS
from docmarks.results.guesses import Guess, GuessFile
from docmarks.results.page_finder import PageFinder, parts, parts_alike
from docmarks.runtime.size import USUAL

SAME_SHAPE = 0.02
"""A page may have been seen at another size, but with sides in the same proportion up to this."""


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
    chosen = label_set or (LabelSet.load("default") if run is None else run.label_set)
    labels = chosen.labels if run is None or label_set is not None else run.labels
    file = GuessFile(path, _categories(datasets))
    reader = _Reader(file, chosen, labels, PageFinder(datasets))
    for guess in file:
        reader.add(guess)
    found = reader.detections()
    if reader.n_guesses and not found:
        hint = reader.notes[0] if reader.notes else "no score is over 0"
        raise DocmarksError(f"{path}: nothing in it is of these data sets: {hint}")
    stored = {} if run is None else run.thresholds
    thresholds = tuple(stored.get(label, UNTOLD_THRESHOLD) for label in labels)
    name, sizes = (path.name, USUAL) if run is None else (run.model, run.sizes)
    nms_iou = None if run is None else run.nms_iou
    return Predictions(found, labels, thresholds, chosen, name, sizes, nms_iou, tuple(reader.notes))


@dataclass
class _Row:
    """A box, the categories that its records had, and the score of each label, by its column."""

    box: Box
    categories: set[Any] = field(default_factory=set)
    scores: dict[int, float] = field(default_factory=dict)


class _Reader:
    """Collects boxes by page."""

    def __init__(self, file: GuessFile, label_set: LabelSet, labels: tuple[str, ...], finder: PageFinder) -> None:
        self.file, self.label_set, self.labels, self.finder = file, label_set, labels, finder
        self.n_guesses = 0
        self._pages: dict[tuple[Path, int], DatasetPage] = {}
        self._rows: dict[tuple[Path, int], dict[str, list[_Row]]] = {}
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
            raise self.file.error(f"{guess.what} may be of {which}; give each record its file_name, with its folder")
        columns = self._columns(guess)
        if not pages:
            self._unknown_pages[str(guess.where.get("file_name") or guess.where.get("image_id"))] += 1
            return
        if not columns:
            return
        box = self._scaled(guess, pages[0])
        name = guess.where.get("file_name")
        key = pages[0].file, pages[0].number
        self._pages[key] = pages[0]
        rows = self._rows.setdefault(key, {}).setdefault(name if isinstance(name, str) else "", [])
        # One box with several labels is written as several records, one after the other.
        if not rows or rows[-1].box != box or str(guess.category) in rows[-1].categories:
            rows.append(_Row(box))
        rows[-1].categories.add(str(guess.category))
        for k in columns:
            rows[-1].scores[k] = max(guess.score, float(np.finfo(np.float32).tiny), rows[-1].scores.get(k, 0.0))

    def detections(self) -> dict[tuple[Path, int], Detections]:
        """The boxes of each page, as precise as in the file.

        Raises:
            DocmarksError: Two pages of other names may both be one page of the sets.
        """
        found = {}
        for key, by_name in self._rows.items():
            rows = self._of_page(self._pages[key], by_name)
            boxes, scores = np.zeros((len(rows), 4)), np.zeros((len(rows), len(self.labels)))
            for i, row in enumerate(rows):
                boxes[i] = row.box
                scores[i, list(row.scores)] = list(row.scores.values())
            found[key] = Detections(boxes, scores, self.labels)  # type: ignore[arg-type]
        return found

    def _of_page(self, page: DatasetPage, by_name: dict[str, list[_Row]]) -> list[_Row]:
        """Of files of one name in several folders, what is of the folder that is most like the page's own."""
        alike = {name: parts_alike(name, page) for name in by_name}
        right = [name for name in by_name if alike[name] == len(parts(name)) or len(parts(name)) == 1]
        if not right:
            most = max(alike.values())
            right = [name for name in by_name if alike[name] == most]
            if len({parts(name)[-1 - most :] for name in right}) > 1:
                raise self.file.error(f"{right[0]} and {right[1]} may both be {page.name}; correct their file names")
        for name in by_name.keys() - set(right):
            self._unknown_pages[name] += len(by_name[name])
        return [row for name in right for row in by_name[name]]

    def _columns(self, guess: Guess) -> tuple[int, ...]:
        name = str(guess.category)
        if name not in self._known:
            known = (*LABELS, *self.label_set.rename, *self.label_set.labels)  # of two of one spelling the last
            spelt = {_spelling(label): label for label in known}
            own = spelt.get(_spelling(name))
            labels = (own,) if own in self.label_set.labels else self.label_set.apply([own or name]).labels
            self._known[name] = tuple(self.labels.index(label) for label in labels if label in self.labels)
        if not self._known[name]:
            self._unknown_labels[name] += 1
        return self._known[name]

    def _scaled(self, guess: Guess, page: DatasetPage) -> Box:
        """In pixels of the data set's page, which may be of another size than the one that the detector saw."""
        width, height = guess.where.get("width"), guess.where.get("height")
        if not is_number(width) or not is_number(height) or not width or not height:
            return guess.box
        across, down = page.page.width / width, page.page.height / height
        if across == down == 1:
            return guess.box
        if abs(across / down - 1) > SAME_SHAPE:
            there = f"{page.page.width} x {page.page.height}"
            raise self.file.error(
                f"{guess.what} is of a page of {width} x {height}, {page.file} is {there}; detect again"
            )
        left, top, right, bottom = guess.box
        return left * across, top * down, right * across, bottom * down


class _Run(BaseModel):
    """What the metrics of an evaluation say of the detector."""

    model: str
    labels: tuple[str, ...]
    thresholds: dict[str, float]
    label_set: LabelSet
    sizes: tuple[float, ...] = USUAL
    nms_iou: float | None = None


def _run_beside(path: Path) -> _Run | None:
    """Of the evaluation that wrote these predictions, if its metrics lie beside them."""
    if path.name != PREDICTIONS:
        return None
    try:
        return _Run.model_validate_json((path.parent / METRICS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _categories(datasets: Sequence[Dataset]) -> dict[Any, set[str]]:
    """Identifier to the names that the sets give it."""
    names: dict[Any, set[str]] = {}
    for dataset in datasets:
        for identifier, name in dataset.categories.items():
            names.setdefault(identifier, set()).add(name)
    return names


def _spelling(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())
