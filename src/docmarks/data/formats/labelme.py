"""LabelMe: one JSON file an image, beside it.

After wkentaro/labelme, ``labelme/label_file.py``: an image has ``shapes``, each with a ``label``, a ``shape_type`` and
``points`` in pixels (two corners of a rectangle; the centre of a circle and a point on it), and ``flags`` of the
annotator's own. A file may hold its image as well; that is not taken out of it.
"""

from __future__ import annotations

import math
from pathlib import Path, PurePosixPath
from typing import Any

from docmarks.data.coco_file import load_json, save
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.files import distinct_stems, flat, relative
from docmarks.data.formats.holds import Holds
from docmarks.data.formats.intake import Intake, Wanted, files_in, folder_of, hull
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.marks import Box, Mark

HOLDS = Holds(uncertain=True, declares=False)

VERSION = "5.5.0"

UNCERTAIN = "uncertain"
"""Flag of a shape."""


def is_labelme(data: dict[str, Any]) -> bool:
    """Whether an object is of its form."""
    return isinstance(data.get("shapes"), list) and "imagePath" in data


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """A folder of files, at any depth, or one file.

    Raises:
        DocmarksError: A file is broken, or none is LabelMe's.
    """
    intake = Intake(folder_of(path), notes, wanted)
    for file in wanted.watch(files_in(path, "*.json")):
        data = load_json(file)
        if isinstance(data, dict) and is_labelme(data):
            _read_page(data, file, intake)
        elif file == path:
            raise DocmarksError(f"{file}: not a file of LabelMe, it has no shapes; give --from")
        else:
            notes.add("JSON files that are not LabelMe's (passed over)", str(file))
    return intake.dataset()


def _read_page(data: dict[str, Any], file: Path, intake: Intake) -> None:
    name = str(data["imagePath"] or file.with_suffix(".png").name).replace("\\", "/")
    sides = [int(side) for key in ("imageWidth", "imageHeight") if isinstance(side := data.get(key), int | float)]
    reference = intake.beside(file, name)
    if reference == name and intake.find(name) is None:
        # The path is of the annotator's machine: an image beside the file has its name.
        reference = intake.beside(file, PurePosixPath(name).name)
    if data.get("imageData") and intake.find(reference) is None:
        intake.notes.add("images that only the annotation holds (imageData: save them as files)", file.name)
    intake.add(
        reference,
        (sides[0], sides[1]) if len(sides) == 2 else None,
        lambda *_: [_mark(shape, file, intake) for shape in data["shapes"]],
    )


def _mark(shape: dict[str, Any], file: Path, intake: Intake) -> Mark | None:
    label, kind = str(shape.get("label") or ""), str(shape.get("shape_type") or "polygon")
    where = f"{file.name}: {label}"
    if kind == "point":
        intake.notes.add("points (left out)", where)
        return None
    if kind != "rectangle":
        intake.notes.add(f"shapes of the type {kind} (their upright box taken)", where)
    ignore = bool((shape.get("flags") or {}).get(UNCERTAIN))
    return intake.mark(_box(shape.get("points"), kind), [label], where, ignore=ignore)


def _box(points: Any, kind: str) -> Box | tuple[None, ...]:
    """The upright box of a shape; Nones if its points are none."""
    try:
        corners = [(float(x), float(y)) for x, y in points]
        if kind == "circle":
            (x, y), (u, v) = corners
            radius = math.hypot(u - x, v - y)
            return x - radius, y - radius, x + radius, y + radius
        return hull(corners)
    except (TypeError, ValueError):
        return (None,) * 4


def place(page: DatasetPage, name: PurePosixPath) -> PurePosixPath:
    """Where an image goes: beside its file."""
    return PurePosixPath(flat(name))


def write(dataset: Dataset, target: Path) -> Path:
    """Writes a file an image; returns their folder."""
    for page, stem in zip(dataset.pages, distinct_stems([page.file for page in dataset.pages]), strict=True):
        save(_object(page, target), target / f"{stem}.json")
    return target


def _object(page: DatasetPage, folder: Path) -> dict[str, Any]:
    shapes = [
        {
            "label": mark.label,
            "points": [[mark.box[0], mark.box[1]], [mark.box[2], mark.box[3]]],
            "group_id": None,
            "description": "",
            "shape_type": "rectangle",
            "flags": {UNCERTAIN: True} if mark.ignore else {},
        }
        for mark in page.page.marks
    ]
    return {
        "version": VERSION,
        "flags": {},
        "shapes": shapes,
        "imagePath": relative(page.file, folder),
        "imageData": None,
        "imageHeight": page.page.height,
        "imageWidth": page.page.width,
    }
