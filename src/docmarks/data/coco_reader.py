"""From the COCO object of a file to a data set; every mistake is named with its record."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

from docmarks.data.dataset import Dataset, DatasetPage, group_of, page_number
from docmarks.data.number import is_number
from docmarks.data.split import PARTS
from docmarks.errors import DocmarksError
from docmarks.labels.taxonomy import LABELS, SPELLINGS
from docmarks.marks import POINTS_PER_INCH, Box, Mark, Page
from docmarks.messages.nearest import did_you_mean

IMAGE_KEYS = {"id", "file_name", "width", "height", "group", "exhaustive", "dpi", "split"}
"""The rest of an image record is the user's, and kept as it is."""

Record = dict[str, Any]


class CocoReader:
    """Turns one parsed file into a data set."""

    def __init__(self, file: Path, data: object) -> None:
        """Takes the object that the file holds.

        Raises:
            DocmarksError: It is no COCO object.
        """
        self.file = file
        if not isinstance(data, dict):
            raise self._error("not a COCO file: it needs an object with lists of images and annotations")
        self.info = data.get("info") or {}
        if not isinstance(self.info, dict):
            raise self._error("info must be an object")
        self.images, self.annotations = self._records(data, "images"), self._records(data, "annotations")
        self.categories = self._categories(self._records({"categories": [], **data}, "categories"))
        self.known = {*LABELS, *SPELLINGS, *self.categories.values()}
        if "exhaustive" in self.info:
            self.exhaustive = self._labels(self.info["exhaustive"], "info.exhaustive")
        else:
            self.exhaustive = tuple(self.categories.values())

    def dataset(self) -> Dataset:
        """The data set.

        Raises:
            DocmarksError: A record is wrong; file, record and cure are named.
        """
        sizes = {self._identifier(image): self._size(image) for image in self.images}
        if len(sizes) < len(self.images):
            raise self._error("two images have the same id; give each its own")
        names = {image["id"]: image["file_name"] for image in self.images}
        marks: dict[int | str, list[Mark]] = defaultdict(list)
        for number, record in enumerate(self.annotations, start=1):
            what = f"annotation {record.get('id', f'number {number}')}"
            image = record.get("image_id")
            if not isinstance(image, int | str) or image not in sizes:
                raise self._error(f"{what} has the image_id {image}, which no image has; add it or remove this")
            marks[image].append(self._mark(record, f"{what} ({names[image]})", sizes[image]))
        pages = tuple(self._page(image, tuple(marks[image["id"]])) for image in self.images)
        root = self.file.parent
        return Dataset(root, str(self.info.get("name") or root.name), pages, self.info, self.categories)

    def _page(self, record: Record, marks: tuple[Mark, ...]) -> DatasetPage:
        name, own = record["file_name"], record.get("exhaustive")
        dpi = record.get("dpi", POINTS_PER_INCH)
        if not is_number(dpi) or dpi <= 0:
            raise self._error(f"image {name} has the dpi {dpi}; write a number over 0, or leave it out")
        part = record.get("split", "")
        if part not in ("", *PARTS):
            raise self._error(f"image {name} has the split {part}; write one of {', '.join(PARTS)}, or leave it out")
        width, height = self._size(record)
        return DatasetPage(
            (self.file.parent / name).absolute(),
            Page(width, height, float(dpi), page_number(record), marks),
            group_of(record),
            frozenset(self.exhaustive if own is None else self._labels(own, f"exhaustive of image {name}")),
            {key: value for key, value in record.items() if key not in IMAGE_KEYS},
            part,
            record["id"],
        )

    def _mark(self, record: Record, what: str, size: tuple[int, int]) -> Mark:
        ignore = is_uncertain(record)
        box = self._box(record.get("bbox"), what, size)
        if "labels" in record:
            labels = self._labels(record["labels"], f"labels of {what}")
            if not labels and not ignore:
                raise self._error(f'{what} has no label; give it one, or "uncertain": true')
            return Mark(box, labels, self._scores(record.get("scores", []), labels, what), ignore)
        category = record.get("category_id")
        if not isinstance(category, int | str) or category not in self.categories:
            raise self._error(f"{what} has the category {category}, which is not in categories; add it there")
        return Mark(box, (self.categories[category],), ignore=ignore)

    def _box(self, box: object, what: str, size: tuple[int, int]) -> Box:
        if not isinstance(box, list) or len(box) != 4 or not all(is_number(v) for v in box):
            raise self._error(f"{what} needs a bbox of four numbers (x, y, width, height), not {box}")
        x, y, width, height = (float(v) for v in box)
        if width < 0 or height < 0:
            raise self._error(f"{what} has a negative width or height: {box}; bbox is x, y, width, height")
        # Tools round boxes over the edge by a little; one that misses the page is of another page or scale.
        if x > size[0] or y > size[1] or x + width < 0 or y + height < 0:
            raise self._error(f"{what} lies outside its page of {size[0]} x {size[1]}: {box}; bbox is in pixels")
        return x, y, x + width, y + height

    def _scores(self, scores: object, labels: tuple[str, ...], what: str) -> tuple[float, ...]:
        if scores == []:
            return ()
        if not isinstance(scores, list) or len(scores) != len(labels) or not all(is_number(v) for v in scores):
            raise self._error(f"{what} has the scores {scores}; write one number a label, or leave them out")
        return tuple(float(v) for v in scores)

    def _size(self, record: Record) -> tuple[int, int]:
        width, height = record["width"], record["height"]
        if not all(is_number(v) and v > 0 and v == int(v) for v in (width, height)):
            raise self._error(f"image {record['file_name']} has the size {width} x {height}; write whole pixels over 0")
        return int(width), int(height)

    def _identifier(self, record: Record) -> int | str:
        for key in ("id", "file_name", "width", "height"):
            if key not in record:
                raise self._error(f"image {record.get('file_name', record.get('id', '?'))} has no {key}; add it")
        if not isinstance(record["id"], int | str) or not isinstance(record["file_name"], str):
            raise self._error(f"image {record['file_name']} needs a number as id and a text as file_name")
        return record["id"]

    def _labels(self, labels: object, where: str) -> tuple[str, ...]:
        if not isinstance(labels, list):
            raise self._error(f"{where} must be a list of labels, not {labels}")
        for label in labels:
            if not isinstance(label, str) or label not in self.known:
                hint = did_you_mean(str(label), self.known, "correct it, or add it to categories")
                raise self._error(f"{where}: unknown label {label}; {hint}")
        return tuple(dict.fromkeys(labels))

    def _categories(self, records: list[Record]) -> dict[int | str, str]:
        for record in records:
            if not isinstance(record.get("id"), int | str) or not isinstance(record.get("name"), str):
                raise self._error(f"category {record} needs an id and a name; add them")
        return {record["id"]: record["name"] for record in records}

    def _records(self, data: Record, key: str) -> list[Record]:
        records = data.get(key)
        if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
            raise self._error(f"not a COCO file: {key} must be a list of objects")
        return records

    def _error(self, message: str) -> DocmarksError:
        return DocmarksError(" ".join(f"{self.file}: {message}".split()))


def is_uncertain(record: Record) -> bool:
    """Whether an annotation is neither right nor wrong to find."""
    # A form field without a printed outline is there for the form, but nobody can see it.
    return bool(record.get("uncertain")) or bool(record.get("iscrowd")) or record.get("visible_box") is False
