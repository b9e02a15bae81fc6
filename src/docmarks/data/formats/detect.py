"""What a file or folder of annotations is, by its content."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from docmarks.data.coco_file import file_of, load_json
from docmarks.data.files import read_text
from docmarks.data.formats import coco, label_studio, labelme, signverod, table, yolo
from docmarks.data.formats.intake import files_in
from docmarks.errors import DocmarksError
from docmarks.pages.collect import collect
from docmarks.pages.sniff import SUFFIXES, sniff

ELEMENT = re.compile(r"<([A-Za-z_][\w.:-]*)")

HEAD = 4096
"""Bytes of a file in which its first element or line stands."""

LOOKED_AT = 3
"""Files of a kind that are opened in a folder."""


class Look:
    """One look at a file or folder; what was read once is not read again."""

    def __init__(self, path: Path) -> None:
        """Takes the path; nothing is opened yet."""
        self.path = path

    @cached_property
    def objects(self) -> list[Any]:
        """What the first few JSON files hold."""
        found = []
        for file in self._files("*.json", "*.vott"):
            try:
                found.append(load_json(file))
            except DocmarksError:
                if file == self.path:
                    raise
        return found

    @cached_property
    def elements(self) -> set[str]:
        """The first elements of the first few XML files."""
        found = [ELEMENT.search(_head(file)) for file in self._files("*.xml")]
        return {match[1] for match in found if match is not None}

    @cached_property
    def headers(self) -> list[list[str]]:
        """The first lines of the first few CSV files."""
        return [table.split_line(_head(file)) for file in self._files("*.csv", "*.tsv")]

    def has(self, *names: str) -> bool:
        """Whether a folder has one of these files."""
        return any((self.path / name).is_file() for name in names)

    def any_object(self, test: Callable[[dict[str, Any]], bool]) -> bool:
        """Whether one of the JSON files holds an object that passes a test."""
        return any(isinstance(data, dict) and _passes(test, data) for data in self.objects)

    def _files(self, *patterns: str) -> list[Path]:
        if self.path.is_file():
            return [self.path] if any(self.path.match(pattern) for pattern in patterns) else []
        return files_in(self.path, *patterns)[:LOOKED_AT]


def _passes(test: Callable[[dict[str, Any]], bool], data: dict[str, Any]) -> bool:
    try:
        return test(data)
    except (AttributeError, TypeError):  # something else stands where a record should
        return False


def is_own(look: Look) -> bool:
    """COCO with what only we write."""

    def ours(data: dict[str, Any]) -> bool:
        said = "exhaustive" in (data.get("info") or {})
        return coco.is_coco(data) and (said or any({"exhaustive", "group"} & image.keys() for image in data["images"]))

    return look.any_object(ours) and (look.path.is_file() or file_of(look.path).is_file())


def is_coco(look: Look) -> bool:
    """COCO, and not our own."""
    return look.any_object(coco.is_coco) and not is_own(look)


def is_yolo(look: Look) -> bool:
    """A ``data.yaml`` with names, or a list of classes and text files."""
    if look.path.is_file():
        return look.path.suffix.lower() in (".yaml", ".yml")
    return look.has(*yolo.SHEETS, *yolo.NAMES) or (look.path / "labels").is_dir()


def is_voc(look: Look) -> bool:
    """XML files of one image each."""
    return "annotation" in look.elements


def is_cvat(look: Look) -> bool:
    """XML of many images."""
    return "annotations" in look.elements


def is_vott(look: Look) -> bool:
    """Assets."""
    return look.any_object(
        lambda data: isinstance(data.get("assets"), dict) or (isinstance(data.get("asset"), dict) and "regions" in data)
    )


def is_label_studio(look: Look) -> bool:
    """Tasks with data, in a list or one a file; or JSON-MIN."""

    def task(data: object) -> bool:
        if not isinstance(data, dict):
            return False
        known = ("annotations", "completions", "predictions")
        alone = isinstance(data.get("task"), dict) and "result" in data
        return alone or (isinstance(data.get("data"), dict) and any(key in data for key in known))

    return any(
        label_studio.is_flat(data) or task(data[0] if isinstance(data, list) and data else data)
        for data in look.objects
    )


def is_labelme(look: Look) -> bool:
    """Shapes of one image a file."""
    return look.any_object(labelme.is_labelme)


def is_datumaro(look: Look) -> bool:
    """Items and categories by kind."""
    return look.any_object(
        lambda data: isinstance(data.get("items"), list) and isinstance(data.get("categories"), dict)
    )


def is_signverod(look: Look) -> bool:
    """Its list of images."""
    folder = look.path if look.path.is_dir() else look.path.parent
    return (folder / signverod.IMAGES).is_file() and (look.path.is_dir() or look.path.suffix == ".csv")


def is_table(look: Look) -> bool:
    """The columns of boxes."""
    found = any(table.is_table(header) or table.has_no_header(header) for header in look.headers)
    return found and not is_signverod(look)


def is_pages(look: Look) -> bool:
    """A document, or a folder with one."""
    try:
        if look.path.is_file() and look.path.suffix.lower() not in SUFFIXES:
            sniff(look.path)
        return bool(collect([look.path]).files)
    except DocmarksError:
        return False


def _head(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(HEAD).decode("utf-8-sig", "replace")
    except OSError:
        return read_text(file)[:HEAD]  # says what is wrong
