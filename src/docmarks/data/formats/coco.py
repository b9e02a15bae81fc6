"""Exactly COCO, for tools that know nothing else: one category a box, identifiers from 1.

After cocodataset.org/#format-data. A region that counts for nothing is ``iscrowd``. A box with several labels has them
in ``labels`` beside its category. A folder holds ``annotations/instances_<part>.json``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from docmarks.data.coco_file import load_json, save
from docmarks.data.coco_reader import IMAGE_KEYS, is_uncertain
from docmarks.data.dataset import Dataset
from docmarks.data.files import relative
from docmarks.data.formats.holds import Holds, labels_of
from docmarks.data.formats.intake import PARTS, Intake, Wanted, files_in, folder_of
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.marks import Mark

HOLDS = Holds(several=True, uncertain=True, scores=True, split=True, info=True)

FILE_HOLDS = replace(HOLDS, split=False)
"""What one file holds: it is one part."""

NO_PART = "default"

DOUBTS = {"iscrowd", "uncertain", "visible_box"}
"""What ``is_uncertain`` looks at."""

TAKEN = {"id", "image_id", "category_id", "bbox", "area", "labels", "score", "scores", *DOUBTS}
"""Of an annotation."""

Record = dict[str, Any]


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """A file, or a folder with ``annotations/*.json`` or ``*.json``.

    Raises:
        DocmarksError: A file is broken, no COCO, or a box is of an unknown category.
    """
    root = folder_of(path)
    root = root.parent if root.name == "annotations" else root
    intake = Intake(root, notes, wanted)
    files = files_in(root / "annotations" if path.is_dir() and (root / "annotations").is_dir() else path, "*.json")
    for file in files:
        data = load_json(file)
        if not is_coco(data):
            raise DocmarksError(f"{file}: not a COCO file, it needs lists of images and annotations; remove it")
        # One file by itself is the user's whole set, whatever it is called; in a folder the name tells the part.
        _read_file(file, data, intake, file.relative_to(root) if path.is_dir() else Path())
    return intake.dataset()


def says(path: Path) -> Holds:
    """What a file can say: of most tools a category a box, and nothing of doubts."""
    objects = (load_json(file) for file in files_in(path, "*.json"))
    records = [record for data in objects if is_coco(data) for record in data["annotations"]]
    several, uncertain = (any(record.get(key) for record in records) for key in ("labels", "iscrowd"))
    return replace(HOLDS, several=several, uncertain=uncertain)


def is_coco(data: object) -> bool:
    """Whether an object is of COCO's form."""
    return isinstance(data, dict) and isinstance(data.get("images"), list) and isinstance(data.get("annotations"), list)


def _read_file(file: Path, data: Record, intake: Intake, place: Path) -> None:
    names = {record.get("id"): str(record.get("name")) for record in data.get("categories") or ()}
    info = data.get("info")
    intake.labels.update(dict.fromkeys(names.values()))
    intake.info.update({key: value for key, value in (info if isinstance(info, dict) else {}).items() if key != "name"})
    intake.name = intake.name or str((info or {}).get("name") or "")
    boxes: dict[object, list[Record]] = defaultdict(list)
    for record in data["annotations"]:
        boxes[record.get("image_id")].append(record)
    part = next((PARTS[word] for word in reversed(_words(str(place))) if word in PARTS), "")
    for image in data["images"]:
        records = boxes.pop(image.get("id"), [])
        size = (image.get("width"), image.get("height"))
        reference = intake.beside(file, str(image.get("file_name") or ""))
        page = image.get("page")
        intake.add(
            reference,
            (int(size[0]), int(size[1])) if all(isinstance(v, int | float) for v in size) else None,
            lambda *_, records=records: [_mark(record, names, file, intake) for record in records],
            number=page if isinstance(page, int) and page > 0 else 1,
            dpi=image.get("dpi"),
            group=str(image.get("group") or ""),
            part=str(image.get("split") or part),
            extra={key: value for key, value in image.items() if key not in (*IMAGE_KEYS, "page")},
        )
    intake.notes.add("boxes of images that are not listed (left out)", str(file), sum(map(len, boxes.values())))


def _words(text: str) -> list[str]:
    return "".join(c if c.isalpha() else " " for c in text.lower()).split()


def _mark(record: Record, names: dict[object, str], file: Path, intake: Intake) -> Mark | None:
    where = f"{file.name}: annotation {record.get('id')}"
    outline = record.get("segmentation")
    if outline and not (isinstance(outline, list) and all(isinstance(o, list) and len(o) <= 8 for o in outline)):
        intake.notes.add("outlines (segmentation: the boxes kept)", where)
    others = sorted(key for key, value in record.items() if key not in TAKEN and key != "segmentation" and value)
    if others:
        intake.notes.add(f"boxes with further keys ({', '.join(others)}: lost)", where)
    labels, score = record.get("labels"), record.get("score")
    if not isinstance(labels, list):
        if record.get("category_id") not in names:
            raise DocmarksError(f"{file}: {where} has a category that is not listed; add it to categories")
        labels = [names[record["category_id"]]]
    scores = record.get("scores") or ([score] * len(labels) if isinstance(score, int | float) else [])
    ignore = is_uncertain(record)
    try:
        x, y, width, height = (float(v) for v in record["bbox"])
    except (KeyError, TypeError, ValueError):
        return intake.mark((None,) * 4, map(str, labels), where)
    return intake.mark((x, y, x + width, y + height), map(str, labels), where, scores, ignore)


def write(dataset: Dataset, target: Path) -> Path:
    """Writes a file a part into ``annotations/``, or all into ``target`` if that is a file; returns file or folder."""
    identifier = {name: i for i, name in enumerate(labels_of(dataset), start=1)}
    if target.suffix.lower() == ".json":
        save(_object(dataset, identifier, target.parent), target)
        return target
    for part in sorted({page.part for page in dataset.pages}):
        pages = tuple(page for page in dataset.pages if page.part == part)
        folder = target / "annotations"
        data = _object(replace(dataset, pages=pages), identifier, target)
        save(data, folder / f"instances_{part or NO_PART}.json")
    return target / "annotations"


def _object(dataset: Dataset, identifier: dict[str, int], folder: Path) -> Record:
    images: list[Record] = []
    annotations: list[Record] = []
    for number, page in enumerate(dataset.pages, start=1):
        name = relative(page.file, folder)
        images.append({"id": number, "file_name": name, "width": page.page.width, "height": page.page.height})
        for mark in page.page.marks:
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": identifier[mark.label],
                    "bbox": [mark.box[0], mark.box[1], mark.width, mark.height],
                    "area": mark.width * mark.height,
                    "iscrowd": int(mark.ignore),
                    "segmentation": [],
                    **({"labels": list(mark.labels)} if len(mark.labels) > 1 else {}),
                    **({"score": max(mark.scores)} if mark.scores else {}),
                }
            )
    categories = [{"id": i, "name": name, "supercategory": "mark"} for name, i in identifier.items()]
    # What is fully annotated is all that is listed: that is how a plain COCO file is read.
    info = {**{key: value for key, value in dataset.info.items() if key != "exhaustive"}, "name": dataset.name}
    return {"info": info, "licenses": [], "images": images, "annotations": annotations, "categories": categories}
