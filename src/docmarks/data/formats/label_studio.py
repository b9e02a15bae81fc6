"""Label Studio's own JSON: a list of tasks, each with its image, annotations and predictions; and its JSON-MIN.

After labelstud.io/guide/export and /guide/predictions. Boxes are in percent of the image, rotation is clockwise in
degrees about the top left corner. Entries of one ``id`` are one region; a task may have several images
(``item_index``). Beside the image a task's ``data`` may hold anything: ``group``, ``split``, ``dpi``, ``exhaustive``
and ``page`` mean here what they mean in our own form, and go to Label Studio and come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

from docmarks.data.coco_file import load_json, save
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.formats.holds import Holds, labels_of
from docmarks.data.formats.intake import PARTS, Intake, Wanted, files_in, folder_of, hull, turned
from docmarks.data.formats.notes import Notes
from docmarks.data.formats.xml_file import child, write_xml
from docmarks.errors import DocmarksError
from docmarks.marks import Box, Mark
from docmarks.pages.colours import colour
from docmarks.pages.sniff import SUFFIXES

HOLDS = Holds(
    several=True, uncertain=True, unlabelled=True, scores=True, group=True, dpi=True, split=True, exhaustive=True
)

FILE, CONFIG = "tasks.json", "labeling-config.xml"

IMAGE_KEYS = ("image", "images", "img", "page", "pages", "document", "url")
"""Where a task keeps its image, most usual first."""

FLAT = ("annotation_id", "annotator", "lead_time", "created_at", "updated_at", "id")
"""What JSON-MIN says of an annotation, beside the task's data and the regions of each control."""

FURTHER = "further annotations of a task (the first, or the ground truth, taken)"

UNCERTAIN = "uncertain"
"""Note on a region."""

OURS = ("group", "split", "dpi", "exhaustive", "page")

Region = list[dict[str, Any]]
"""The entries that have one identifier."""


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """An export, or a folder of exports or of one file a task.

    Raises:
        DocmarksError: A file is broken or holds no tasks.
    """
    intake = Intake(folder_of(path), notes, wanted)
    for file in files_in(path, "*.json"):
        data = load_json(file)
        tasks = data if isinstance(data, list) else [data]
        for number, task in enumerate(_unflattened(tasks, notes) if is_flat(data) else tasks, start=1):
            if not isinstance(task, dict) or not isinstance(task.get("data", task.get("task")), dict):
                raise DocmarksError(f"{file}: task {number} has no data; export it as JSON")
            _read_task(task, f"task {task.get('id', number)}", intake)
    return intake.dataset()


def says(path: Path) -> Holds:
    """What a file can say: JSON-MIN has no notes on regions, and no regions without a label."""
    flat = any(is_flat(load_json(file)) for file in files_in(path, "*.json"))
    return replace(HOLDS, uncertain=False, unlabelled=False) if flat else HOLDS


def is_flat(data: object) -> bool:
    """Whether a file is JSON-MIN: a list of what else are the data of tasks, with what is said of an annotation."""
    first = data[0] if isinstance(data, list) and data else None
    return isinstance(first, dict) and "data" not in first and {"annotation_id", "lead_time"} <= first.keys()


def _unflattened(items: Sequence[dict[str, Any]], notes: Notes) -> Iterator[dict[str, Any]]:
    """Tasks out of JSON-MIN, which has an item an annotation."""
    seen: set[object] = set()
    for item in items:
        if item.get("id") in seen:
            notes.add(FURTHER, f"task {item['id']}")
            continue
        seen.add(item.get("id"))
        result, data = [], {}
        for key, value in item.items():
            if isinstance(value, list) and value and all(isinstance(v, dict) and "original_width" in v for v in value):
                result += [_unflattened_region(region) for region in value]
            elif key not in FLAT:
                data[key] = value
        yield {"id": item.get("id"), "data": data, "annotations": [{"result": result}]}


def _unflattened_region(region: dict[str, Any]) -> dict[str, Any]:
    kind = next((key for key in region if key.endswith("labels")), "rectangle")
    return {"type": kind, "value": region} | {key: region[key] for key in ("original_width", "original_height")}


def _read_task(task: dict[str, Any], where: str, intake: Intake) -> None:
    # The file that Label Studio saves for each annotation is turned inside out: the task is in the annotation.
    if "task" in task and "result" in task:
        task = {**task["task"], "annotations": [task]}
    data = dict(task["data"])
    references = _images(data)
    if not references:
        intake.notes.add("tasks without an image (left out)", where)
        return
    entries, looked_at = _entries(task, where, intake)
    regions: dict[str, Region] = {}
    for number, entry in enumerate(entries):
        regions.setdefault(str(entry.get("id", f"number {number}")), []).append(entry)
    own = _own(data)
    for index, reference in enumerate(references):
        here = [region for region in regions.values() if int(region[0].get("item_index") or 0) == index]
        intake.add(
            reference,
            _size(here),
            lambda width, height, here=here: _marks(here, where, (width, height), intake),  # type: ignore[misc]
            number=own.get("page", 1),
            dpi=own.get("dpi"),
            group=own.get("group") or (where if len(references) > 1 else ""),
            part=own.get("split", ""),
            extra=data,
            exhaustive=own.get("exhaustive"),
            looked_at=looked_at,
        )


def _images(data: dict[str, Any]) -> list[str]:
    """Takes the images out of a task's data."""
    keys = [key for key in IMAGE_KEYS if key in data]
    keys += [key for key, value in data.items() if Path(str(value)).suffix.lower() in SUFFIXES]
    for key in keys:
        value = data[key]
        if isinstance(value, str) or (isinstance(value, list) and value and all(isinstance(v, str) for v in value)):
            del data[key]
            return [value] if isinstance(value, str) else value
    return []


def _own(data: dict[str, Any]) -> dict[str, Any]:
    """Takes our own entries out of a task's data, where they are what ours are."""
    right = {
        "group": lambda value: isinstance(value, str),
        "split": lambda value: value in (*PARTS, ""),
        "dpi": lambda value: isinstance(value, int | float) and value > 0,
        "exhaustive": lambda value: isinstance(value, list) and all(isinstance(label, str) for label in value),
        "page": lambda value: isinstance(value, int) and value >= 1,
    }
    return {key: data.pop(key) for key in OURS if key in data and right[key](data[key])}


def _entries(task: dict[str, Any], where: str, intake: Intake) -> tuple[list[dict[str, Any]], bool]:
    """The entries of the annotation that counts, and whether there is one."""
    given = task.get("annotations") or task.get("completions") or []
    annotations = [found for found in given if not found.get("was_cancelled")]
    predictions = task.get("predictions") or []
    intake.notes.add("tasks that were skipped (taken as not annotated)", where, bool(given) and not annotations)
    if annotations:
        intake.notes.add(FURTHER, where, len(given) - 1)
        best = next((found for found in annotations if found.get("ground_truth")), annotations[0])
        return list(best.get("result") or ()), True
    # Several models may have proposed boxes; the newest comes last.
    proposed = [entry for entry in (predictions[-1].get("result") or () if predictions else ())]
    if intake.wanted.predictions and predictions:
        intake.notes.add("older predictions of a task (left out)", where, len(predictions) - 1)
        return proposed, True
    told = "predicted boxes without an annotation (left out; --predictions takes them)"
    intake.notes.add(told, where, len(proposed))
    return [], False


def _size(regions: list[Region]) -> tuple[int, int] | None:
    for entry in (entry for region in regions for entry in region):
        width, height = entry.get("original_width"), entry.get("original_height")
        if isinstance(width, int | float) and isinstance(height, int | float) and width > 0 and height > 0:
            return int(width), int(height)
    return None


def _marks(regions: list[Region], where: str, size: tuple[int, int], intake: Intake) -> Iterator[Mark | None]:
    for region in regions:
        labels, box, score, ignore = list[str](), None, None, False
        for entry in region:
            kind, value = str(entry.get("type")), entry.get("value") or {}
            found = _box(value, size)
            if found is None:
                intake.notes.add(f"{kind} entries (left out)", f"{where}: {entry.get('id', '')}")
                continue
            box = box or found
            labels += [str(label) for key, names in value.items() if key.endswith("labels") for label in names or ()]
            if not kind.startswith(("rectangle", "labels")):
                intake.notes.add(f"{kind} regions (their upright box taken)", where)
            elif value.get("rotation"):
                intake.notes.add("rotated boxes (their upright box taken)", where)
            if entry.get("image_rotation"):
                intake.notes.add("boxes drawn on a turned view (taken as if it was upright: look at them)", where)
            if isinstance(entry.get("score"), int | float):
                score = float(entry["score"])
            ignore = ignore or UNCERTAIN in ((entry.get("meta") or {}).get("text") or ())
        if box is not None:
            names = list(dict.fromkeys(labels))
            yield intake.mark(box, names, where, [score] * len(names) if score is not None else (), ignore)


def _box(value: dict[str, Any], size: tuple[int, int]) -> Box | tuple[None, ...] | None:
    """The upright box of a shape, in pixels; None if it has no area; Nones if its numbers are none."""
    across, down = size[0] / 100, size[1] / 100
    try:
        degrees = float(value.get("rotation") or 0)
        if "radiusX" in value:
            x, y, rx, ry = (float(value[key]) for key in ("x", "y", "radiusX", "radiusY"))
            x, y, rx, ry = x * across, y * down, rx * across, ry * down
            return turned((x - rx, y - ry, x + rx, y + ry), degrees, (x, y))
        if "points" in value:
            return hull((float(x) * across, float(y) * down) for x, y in value["points"])
        if not {"x", "y", "width", "height"} <= value.keys() or "keypointlabels" in value:
            return None
        left, top, width, height = (float(value[key]) for key in ("x", "y", "width", "height"))
        box = (left * across, top * down, (left + width) * across, (top + height) * down)
        return turned(box, degrees, box[:2])
    except (KeyError, TypeError, ValueError):
        return (None,) * 4


def write(dataset: Dataset, target: Path) -> Path:
    """Writes the tasks, and beside them a labelling interface that fits.

    Pages whose marks have scores become predictions, to be corrected there; the others become annotations.
    """
    file = target if target.suffix.lower() == ".json" else target / FILE
    _write_interface(labels_of(dataset), file.with_name(CONFIG))
    save([_task(page, number) for number, page in enumerate(dataset.pages, start=1)], file)
    return file


def write_review(
    annotated: Sequence[DatasetPage], proposed: Sequence[Sequence[Mark]], labels: Iterable[str], file: Path
) -> None:
    """Writes tasks to correct: the annotations as they are, and beside them as they should perhaps be.

    Args:
        annotated: Pages as they are.
        proposed: All marks of each page as a model would have them; those that it changes have scores.
        labels: What a mark may be.
        file: To write; the labelling interface goes beside it.
    """
    _write_interface(labels, file.with_name(CONFIG))
    tasks = []
    for number, (page, marks) in enumerate(zip(annotated, proposed, strict=True), start=1):
        result = [_entry(mark, page, f"{number}-proposed-{i}") for i, mark in enumerate(marks, start=1)]
        task = _task(page, number)
        tasks.append({**task, "predictions": [{"model_version": "docmarks", "result": result}]})
    save(tasks, file)


def _write_interface(labels: Iterable[str], file: Path) -> None:
    root = Element("View")
    child(root, "Image", name="image", value="$image")
    choices = child(root, "RectangleLabels", name="label", toName="image", choice="multiple")
    for name in labels:
        child(choices, "Label", value=name, background="#{:02x}{:02x}{:02x}".format(*colour(name)))
    write_xml(root, file, declared=False)  # Label Studio refuses it otherwise


def _task(page: DatasetPage, number: int) -> dict[str, Any]:
    # From the root of the file system: one document root serves them all, wherever images and tasks lie.
    path = page.file.absolute().as_posix().lstrip("/")
    data: dict[str, Any] = {
        "image": f"/data/local-files/?d={quote(path, errors='surrogateescape')}",
        "group": page.group,
        "dpi": page.page.dpi,
        "exhaustive": sorted(page.exhaustive),
        **({"split": page.part} if page.part else {}),
        **({"page": page.number} if page.number > 1 else {}),
    }
    result = [_entry(mark, page, f"{number}-{i}") for i, mark in enumerate(page.page.marks, start=1)]
    scores = [mark.score for mark in page.page.marks if mark.scores]
    if scores:
        prediction = {"model_version": "docmarks", "score": sum(scores) / len(scores), "result": result}
        return {"data": data, "predictions": [prediction]}
    # A page that nobody has looked at is a task without any annotation.
    return {"data": data, "annotations": [{"result": result}] if result or page.exhaustive else []}


def _entry(mark: Mark, page: DatasetPage, identifier: str) -> dict[str, Any]:
    width, height = page.page.width, page.page.height
    return {
        "id": identifier,
        "from_name": "label",
        "to_name": "image",
        "type": "rectanglelabels",
        "original_width": width,
        "original_height": height,
        "image_rotation": 0,
        "value": {
            "x": 100 * mark.box[0] / width,
            "y": 100 * mark.box[1] / height,
            "width": 100 * mark.width / width,
            "height": 100 * mark.height / height,
            "rotation": 0,
            "rectanglelabels": list(mark.labels),
        },
        **({"score": max(mark.scores)} if mark.scores else {}),
        **({"meta": {"text": [UNCERTAIN]}} if mark.ignore else {}),
    }
