"""Datumaro JSON: ``annotations/<part>.json`` with categories and items, images in ``images/<part>/``.

After Datumaro's own description (openvinotoolkit.github.io/datumaro, Datumaro format). Boxes are x, y, width, height
in pixels; an image's size is written height first.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from docmarks.data.coco_file import load_json, save
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.files import relative
from docmarks.data.formats.holds import Holds, labels_of
from docmarks.data.formats.intake import Intake, Wanted, folder_of, hull, turned
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.marks import Box, Mark

HOLDS = Holds(uncertain=True, scores=True, split=True)

NO_PART = "default"

UNCERTAIN, SCORE = "uncertain", "score"
"""Attributes of a box."""


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """A folder with ``annotations/``, or one of its files.

    Raises:
        DocmarksError: A file is broken or not of Datumaro.
    """
    root = folder_of(path)
    root = root.parent if root.name == "annotations" else root
    intake = Intake(root, notes, wanted)
    files = sorted((root / "annotations").glob("*.json")) if path.is_dir() else [path]
    for file in files:
        data = load_json(file)
        if not isinstance(data, dict) or not isinstance(data.get("items"), list):
            raise DocmarksError(f"{file}: not a file of Datumaro; give --from, or remove it")
        listed = ((data.get("categories") or {}).get("label") or {}).get("labels") or []
        names = [str(label.get("name")) for label in listed if isinstance(label, dict)]
        intake.labels.update(dict.fromkeys(names))
        info = data.get("infos") or data.get("info")
        intake.info.update(info if isinstance(info, dict) else {})
        for item in data["items"]:
            _read_page(item, file.stem, names, intake)
    return intake.dataset()


def _read_page(item: dict[str, Any], part: str, names: list[str], intake: Intake) -> None:
    image = item.get("image") or item.get("media") or {}
    reference, size = str(image.get("path") or item.get("id")), image.get("size")
    if intake.find(f"images/{part}/{reference}") is not None:
        reference = f"images/{part}/{reference}"
    intake.add(
        reference,
        (int(size[1]), int(size[0])) if isinstance(size, list) and len(size) == 2 else None,
        lambda *_: [_mark(entry, str(item.get("id")), names, intake) for entry in item.get("annotations") or ()],
        part=part,
        extra={key: value for key, value in (item.get("attr") or {}).items() if key != "frame"},
    )


def _mark(entry: dict[str, Any], item: str, names: list[str], intake: Intake) -> Mark | None:
    kind, number = entry.get("type"), entry.get("label_id")
    where = f"{item}: annotation {entry.get('id')}"
    try:
        box = _box(entry)
    except (KeyError, TypeError, ValueError):
        return intake.mark((None,) * 4, ["?"], where)
    if box is None:
        intake.notes.add(f"{kind} annotations (left out)", where)
        return None
    if kind != "bbox":
        intake.notes.add(f"{kind} annotations (their upright box taken)", where)
    if entry.get("group"):
        intake.notes.add("groups of boxes (lost)", where)
    attributes = dict(entry.get("attributes") or {})
    ignore, score = attributes.pop(UNCERTAIN, False) is True, attributes.pop(SCORE, None)
    intake.notes.add("attributes of boxes (lost)", where, sum(bool(value) for value in attributes.values()))
    labels = [names[number]] if isinstance(number, int) and 0 <= number < len(names) else []
    return intake.mark(box, labels, where, [float(score)] if isinstance(score, int | float) else (), ignore)


def _box(entry: dict[str, Any]) -> Box | None:
    if entry.get("type") == "bbox":
        x, y, width, height = (float(v) for v in entry["bbox"])
        return x, y, x + width, y + height
    if entry.get("type") == "rotated_bbox":
        x, y, width, height, degrees = (float(v) for v in (entry.get("rbox") or entry["bbox"]))
        return turned((x - width / 2, y - height / 2, x + width / 2, y + height / 2), degrees, (x, y))
    if entry.get("type") == "polygon":
        numbers = [float(v) for v in entry["points"]]
        return hull(zip(numbers[::2], numbers[1::2], strict=True))
    return None


def place(page: DatasetPage, name: PurePosixPath) -> PurePosixPath:
    """Where an image goes."""
    return PurePosixPath("images", page.part or NO_PART, name)


def write(dataset: Dataset, target: Path) -> Path:
    """Writes a file a part; returns their folder."""
    names = labels_of(dataset)
    index = {name: i for i, name in enumerate(names)}
    labels = [{"name": name, "parent": "", "attributes": []} for name in names]
    for part in sorted({page.part or NO_PART for page in dataset.pages}):
        pages = [page for page in dataset.pages if (page.part or NO_PART) == part]
        folder = target / "images" / part
        data = {
            "dm_format_version": "1.0",
            "media_type": 2,
            "infos": {},
            "categories": {"label": {"labels": labels, "label_groups": [], "attributes": [UNCERTAIN, SCORE]}},
            "items": [_item(page, number, folder, index) for number, page in enumerate(pages)],
        }
        save(data, target / "annotations" / f"{part}.json")
    return target / "annotations"


def _item(page: DatasetPage, number: int, folder: Path, index: dict[str, int]) -> dict[str, Any]:
    inside = page.file.resolve().is_relative_to(folder.resolve())
    path = relative(page.file, folder) if inside else str(page.file)
    annotations = []
    for i, mark in enumerate(page.page.marks):
        attributes: dict[str, Any] = {UNCERTAIN: True} if mark.ignore else {}
        if mark.scores:
            attributes[SCORE] = mark.scores[0]
        annotations.append(
            {
                "id": i,
                "type": "bbox",
                "attributes": attributes,
                "group": 0,
                "label_id": index[mark.label],
                "z_order": 0,
                "bbox": [mark.box[0], mark.box[1], mark.width, mark.height],
            }
        )
    return {
        "id": str(PurePosixPath(path).with_suffix("")).lstrip("/"),
        "annotations": annotations,
        "attr": {"frame": number},
        "image": {"path": path, "size": [page.page.height, page.page.width]},
    }
