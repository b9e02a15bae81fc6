"""The boxes in a file of predictions, whatever its form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from docmarks.data.coco_file import load
from docmarks.data.number import is_number
from docmarks.errors import DocmarksError
from docmarks.marks import Box
from docmarks.results.schema import DocumentRecord


@dataclass(frozen=True)
class Guess:
    """One box with one label: ``where`` and ``category`` as the file has them."""

    what: str
    where: dict[str, Any]
    category: Any
    box: Box
    score: float


class GuessFile:
    """Reads COCO results, COCO with scores, and what `docmarks detect` writes: a document, a list, a folder."""

    def __init__(self, path: Path, categories: Mapping[Any, set[str]]) -> None:
        """Reads nothing yet.

        Args:
            path: The file or folder.
            categories: Identifier to its names in the data sets; categories of the file's own come first.
        """
        self.path, self.categories = path, categories

    def __iter__(self) -> Iterator[Guess]:
        """Box by box; what is wrong is a ``DocmarksError`` that names the record."""
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
            categories = {key: {str(c.get("name"))} for key, c in _by_id(data.get("categories")).items()}
            self.categories = categories or self.categories
            yield from self._results(data["annotations"], _by_id(data.get("images")))
        else:
            raise self.error("neither COCO results (a list of boxes) nor what `docmarks detect` writes")

    def _folder(self) -> Iterator[Guess]:
        files = sorted(file for file in self.path.glob("*.json") if not file.name.startswith("."))
        read = 0
        for file in files:
            _, data = load(file)
            if isinstance(data, dict) and "schema_version" in data:
                read += 1
                yield from self._document(data, file.name)
        if not read:
            raise self.error("no result of `docmarks detect` in this folder; name a file of predictions")

    def _document(self, data: Any, what: str) -> Iterator[Guess]:
        try:
            document = DocumentRecord.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise self.error(f"{what}: {key}: {first['msg']}; it is no result of `docmarks detect`") from error
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
                raise self.error(f"{what} is no object with image_id, category_id, bbox and score")
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
            raise self.error(
                f"{what}: category {category} is {' and '.join(sorted(names))}; add a label to each record"
            )
        if not names:
            raise self.error(f'{what}: no data set has the category {category}; add "label": NAME to each record')
        return next(iter(names))

    def _box(self, box: Any, what: str) -> Box:
        if not isinstance(box, list) or len(box) != 4 or not all(is_number(v) for v in box):
            raise self.error(f"{what} needs a bbox of four numbers (x, y, width, height), not {box}")
        x, y, width, height = (float(v) for v in box)
        if width < 0 or height < 0:
            raise self.error(f"{what} has a negative width or height: {box}; bbox is x, y, width, height")
        return x, y, x + width, y + height

    def _score(self, score: Any, what: str) -> float:
        if not is_number(score) or not 0 <= score <= 1:
            raise self.error(f"{what} has the score {score}; write a number from 0 to 1")
        return float(score)

    def error(self, message: str) -> DocmarksError:
        """One line that names the file."""
        return DocmarksError(" ".join(f"{self.path}: {message}".split()))


def _by_id(value: Any) -> dict[int | str, dict[str, Any]]:
    """The objects of a list by their identifiers; what has none is found by nothing."""
    records = [record for record in value if isinstance(record, dict)] if isinstance(value, list) else []
    return {record["id"]: record for record in records if isinstance(record.get("id"), int | str)}
