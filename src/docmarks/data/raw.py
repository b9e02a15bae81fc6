"""A data set's JSON as it is, mistakes and all: what is checked and mended before anything is trained on it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from docmarks.data.coco_file import load, save
from docmarks.data.dataset import page_number
from docmarks.errors import DocmarksError

Record = dict[str, Any]

LISTS = ("images", "annotations", "categories")


@dataclass(frozen=True)
class RawSet:
    """One file.

    Attributes:
        file: The JSON file.
        data: The object in it; records are changed in place.
    """

    file: Path
    data: Record

    @classmethod
    def load(cls, path: Path) -> RawSet:
        """Reads a folder's or a file's JSON.

        Raises:
            DocmarksError: There is none, or it is no COCO object at all.
        """
        file, data = load(path)
        if not isinstance(data, dict):
            raise DocmarksError(f"{file}: not a COCO file: it needs an object with lists of images and annotations")
        for key in LISTS:
            records = data.setdefault(key, [] if key == "categories" else None)
            if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
                raise DocmarksError(f"{file}: not a COCO file: {key} must be a list of objects")
        return cls(file, data)

    def save(self) -> None:
        """Writes it back, whole or not at all."""
        save(self.data, self.file)

    @property
    def name(self) -> str:
        """Of the set."""
        return str(self.info.get("name") or self.file.parent.name)

    @property
    def info(self) -> Record:
        """The file's ``info``; empty if it is no object."""
        info = self.data.get("info")
        return info if isinstance(info, dict) else {}

    @property
    def images(self) -> list[Record]:
        """The image records."""
        return list(self.data["images"])

    @property
    def annotations(self) -> list[Record]:
        """The annotation records."""
        return list(self.data["annotations"])

    @cached_property
    def categories(self) -> dict[int | str, str]:
        """Identifier to name, of the categories that have both."""
        found = {}
        for record in self.data["categories"]:
            if isinstance(record.get("id"), int | str) and isinstance(record.get("name"), str):
                found[record["id"]] = record["name"]
        return found

    @cached_property
    def image_of(self) -> dict[int | str, Record]:
        """Identifier to image record; of two with the same, the first."""
        found: dict[int | str, Record] = {}
        for image in self.data["images"]:
            if isinstance(image.get("id"), int | str):
                found.setdefault(image["id"], image)
        return found

    @cached_property
    def annotations_of(self) -> dict[int | str, list[Record]]:
        """Identifier of an image to its annotation records, as they were when first asked for."""
        found: dict[int | str, list[Record]] = defaultdict(list)
        for record in self.data["annotations"]:
            if isinstance(record.get("image_id"), int | str):
                found[record["image_id"]].append(record)
        return dict(found)

    def annotations_on(self, image: Record) -> list[Record]:
        """The annotation records of an image record; none if it has no identifier."""
        identifier = image.get("id")
        return self.annotations_of.get(identifier, []) if isinstance(identifier, int | str) else []

    def path_of(self, image: Record) -> Path:
        """Where an image's file should be."""
        return self.file.parent / str(image.get("file_name", ""))

    def labels_of(self, annotation: Record) -> tuple[str, ...]:
        """An annotation's labels: its own list, else its category's name; empty if it has neither."""
        labels = annotation.get("labels")
        if isinstance(labels, list):
            return tuple(str(label) for label in labels)
        category = annotation.get("category_id")
        if not isinstance(category, int | str) or category not in self.categories:
            return ()
        return (self.categories[category],)


def called(image: Record) -> str:
    """The name of an image record's file, with the page of it from the second on."""
    number = page_number(image)
    return f"{image.get('file_name')}" + (f" page {number}" if number > 1 else "")
