"""The form on disk: COCO JSON and a little more.

Beside COCO's own keys: ``annotations[].labels`` (a list; ``category_id`` is the first), ``annotations[].uncertain``,
``images[].group``, ``images[].dpi``, ``info.exhaustive`` (labels that are fully annotated on every page) and
``images[].exhaustive``, which overrides it for one page. A plain COCO file reads as well: its labels are its category
names, every page is a group of its own, and every category counts as fully annotated.
"""

from __future__ import annotations

import difflib
import json
import math
import os
from collections import defaultdict
from pathlib import Path
from typing import Any

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.errors import DocmarksError
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import POINTS_PER_INCH, Mark, Page

FILE = "annotations.json"

IMAGE_KEYS = {"id", "file_name", "width", "height", "group", "exhaustive", "dpi"}


def read(path: Path) -> Dataset:
    """Reads a data set.

    Args:
        path: The JSON file, or the folder that holds it as ``annotations.json``.

    Raises:
        DocmarksError: What is wrong, with the file and the record, in one line.
    """
    file = path / FILE if path.is_dir() else path
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DocmarksError(f"{file}: no such file; a data set is a folder with {FILE}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise DocmarksError(f"{file}: cannot be read ({error})") from error
    except json.JSONDecodeError as error:
        raise DocmarksError(f"{file}: broken JSON at line {error.lineno}: {error.msg}") from error
    if not isinstance(data, dict) or not all(
        isinstance(data.get(key), list) for key in ("images", "annotations")
    ):
        raise DocmarksError(f"{file}: not a COCO file: it needs lists of images and annotations")
    return _Reader(file, data).dataset()


def write(dataset: Dataset, file: Path) -> None:
    """Writes a data set; image names become relative to the file's folder where they lie under it.

    Raises:
        DocmarksError: The file cannot be written.
    """
    data = to_json(dataset, file.parent)
    beside = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
        os.replace(beside, file)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise DocmarksError(f"{file}: cannot be written ({error.strerror})") from error


def to_json(dataset: Dataset, folder: Path) -> dict[str, Any]:
    """The COCO object of a data set whose file is to lie in ``folder``."""
    used = {label for page in dataset.pages for mark in page.page.marks for label in mark.labels}
    names = [*LABELS, *sorted(used - set(LABELS))]
    identifier = {name: i for i, name in enumerate(names, start=1)}
    images, annotations = [], []
    for number, page in enumerate(dataset.pages, start=1):
        images.append(
            {
                **page.extra,
                "id": number,
                "file_name": _relative(page.file, folder),
                "width": page.page.width,
                "height": page.page.height,
                "dpi": page.page.dpi,
                "group": page.group,
                "exhaustive": sorted(page.exhaustive),
            }
        )
        for mark in page.page.marks:
            left, top, right, bottom = mark.box
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": identifier[mark.label] if mark.labels else identifier["Other Text"],
                    "labels": list(mark.labels),
                    "bbox": [left, top, right - left, bottom - top],
                    "area": (right - left) * (bottom - top),
                    "iscrowd": 0,
                    **({"uncertain": True} if mark.ignore else {}),
                }
            )
    return {
        "info": {**dataset.info, "name": dataset.name},
        "images": images,
        "annotations": annotations,
        "categories": [{"id": i, "name": name} for name, i in identifier.items()],
    }


class _Reader:
    def __init__(self, file: Path, data: dict[str, Any]) -> None:
        self.file, self.data = file, data
        self.info = data.get("info") or {}
        self.categories = {
            c["id"]: c["name"] for c in data.get("categories", ()) if "id" in c and "name" in c
        }
        default = sorted(set(self.categories.values()))
        self.exhaustive = frozenset(self.info.get("exhaustive", default))

    def dataset(self) -> Dataset:
        marks = defaultdict(list)
        for record in self.data["annotations"]:
            marks[record.get("image_id")].append(self._mark(record))
        pages = tuple(
            self._page(record, tuple(marks.pop(record.get("id"), ()))) for record in self.data["images"]
        )
        if marks:
            raise self._error(
                f"annotations name the image {next(iter(marks))}, which is not among the images"
            )
        root = self.file.parent
        return Dataset(root, str(self.info.get("name") or root.name), pages, self.info)

    def _page(self, record: dict[str, Any], marks: tuple[Mark, ...]) -> DatasetPage:
        for key in ("id", "file_name", "width", "height"):
            if key not in record:
                raise self._error(f"image {record.get('id', record.get('file_name', '?'))} has no {key}")
        width, height = record["width"], record["height"]
        if not (isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0):
            raise self._error(f"image {record['file_name']} has the size {width} x {height}")
        own = record.get("exhaustive")
        return DatasetPage(
            self.file.parent / record["file_name"],
            Page(width, height, float(record.get("dpi", POINTS_PER_INCH)), marks=marks),
            str(record.get("group", record["file_name"])),
            self.exhaustive if own is None else frozenset(own),
            {key: value for key, value in record.items() if key not in IMAGE_KEYS},
        )

    def _mark(self, record: dict[str, Any]) -> Mark:
        name = f"annotation {record.get('id', '?')}"
        box = record.get("bbox")
        numbers = isinstance(box, list) and len(box) == 4 and all(isinstance(v, int | float) for v in box)
        if not numbers or not all(math.isfinite(v) for v in box):
            raise self._error(f"{name} needs a bbox of four numbers (x, y, width, height), not {box}")
        x, y, width, height = (float(v) for v in box)
        if width < 0 or height < 0:
            raise self._error(f"{name} has a negative width or height: {box}")
        labels = record.get("labels")
        if labels is None:
            if record.get("category_id") not in self.categories:
                raise self._error(
                    f"{name} has the category {record.get('category_id')}, which is not in categories"
                )
            labels = [self.categories[record["category_id"]]]
        known = {*LABELS, *self.categories.values()}
        for label in labels:
            if label not in known:
                near = difflib.get_close_matches(str(label), known, n=1)
                raise self._error(
                    f"{name} has the unknown label {label}" + (f"; did you mean {near[0]}?" if near else "")
                )
        # A form field without a printed outline is there for the form, but nobody can see it.
        hidden = record.get("visible_box") is False
        ignore = bool(record.get("uncertain")) or bool(record.get("iscrowd")) or hidden
        return Mark((x, y, x + width, y + height), tuple(labels), ignore=ignore)

    def _error(self, message: str) -> DocmarksError:
        return DocmarksError(f"{self.file}: {message}")


def _relative(file: Path, folder: Path) -> str:
    try:
        return file.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return os.path.relpath(file.resolve(), folder.resolve()).replace(os.sep, "/")
