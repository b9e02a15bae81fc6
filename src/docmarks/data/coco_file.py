"""The form on disk: COCO JSON and a little more.

Beside COCO's own keys: ``annotations[].labels`` (a list; ``category_id`` is the first), ``annotations[].scores``
(of predictions, one a label), ``annotations[].uncertain``, ``images[].group``, ``images[].dpi``, ``images[].split``
("train", "val" or "test"), ``info.exhaustive`` (labels that are fully annotated on every page) and
``images[].exhaustive``, which overrides it for one page, an empty list too. A plain COCO file reads as well: its labels
are its category names, every page is a group of its own, and every category counts as fully annotated.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from docmarks.data.coco_reader import CocoReader
from docmarks.data.coco_record import annotation_record, category_of
from docmarks.data.dataset import Dataset
from docmarks.data.files import read_text, relative, write_text
from docmarks.errors import DocmarksError
from docmarks.labels.taxonomy import LABELS

FILE = "annotations.json"


def read(path: Path) -> Dataset:
    """Reads a data set.

    Args:
        path: The JSON file, or the folder that holds it as ``annotations.json``.

    Raises:
        DocmarksError: What is wrong, with the file and the record, in one line.
    """
    file, data = load(path)
    return CocoReader(file, data).dataset()


def load(path: Path) -> tuple[Path, Any]:
    """The JSON file of a data set, and what it holds, whatever that is.

    Raises:
        DocmarksError: The file is missing, unreadable, no UTF-8 or no JSON.
    """
    file = file_of(path) if path.is_dir() else path
    if not file.exists():
        raise DocmarksError(
            f"{file}: no such file; a data set is a folder with {FILE}, which `docmarks data convert` makes"
        )
    return file, load_json(file)


def file_of(folder: Path) -> Path:
    """Where a folder has its annotations: in ``annotations.json``, else in the only JSON file that lies there."""
    usual = folder / FILE
    others = [] if usual.exists() else sorted(folder.glob("*.json"))
    return others[0] if len(others) == 1 else usual


def load_json(file: Path) -> Any:
    """What a JSON file holds.

    Raises:
        DocmarksError: The file is missing, unreadable, no UTF-8 or no JSON.
    """
    try:
        return json.loads(read_text(file))
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise DocmarksError(f"{file}: broken JSON at {where} ({error.msg}); write it again") from error
    except RecursionError as error:
        raise DocmarksError(f"{file}: JSON nested too deep for annotations; export it again") from error
    except ValueError as error:  # a number of thousands of digits
        raise DocmarksError(f"{file}: broken JSON ({str(error).split(';')[0]}); write it again") from error


def write(dataset: Dataset, file: Path) -> None:
    """Writes a data set; image names become relative to the file's folder.

    Raises:
        DocmarksError: The file cannot be written.
    """
    save(to_json(dataset, file.parent), file)


def save(data: Mapping[str, Any] | Sequence[Any], file: Path) -> None:
    """Writes JSON, whole or not at all.

    Raises:
        DocmarksError: The file cannot be written.
    """
    # A file name may hold bytes that are no UTF-8; JSON's own escapes carry them.
    write_text(file, to_text(data), errors="backslashreplace")


def to_text(data: Mapping[str, Any] | Sequence[Any]) -> str:
    """JSON with a record a line: as quick to write as all on one, and still read and compared by eye."""
    if not isinstance(data, Mapping):
        return _lines(data)
    return "{\n" + ",\n".join(f" {_line(key)}: {_lines(value)}" for key, value in data.items()) + "\n}"


def _lines(value: Any) -> str:
    if not isinstance(value, list) or not value:
        return _line(value)
    return "[\n" + ",\n".join(f"  {_line(record)}" for record in value) + "\n ]"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def to_json(dataset: Dataset, folder: Path) -> dict[str, Any]:
    """The COCO object of a data set whose file is to lie in ``folder``."""
    used = {label for page in dataset.pages for mark in page.page.marks for label in mark.labels}
    used |= {label for page in dataset.pages for label in page.exhaustive}
    names = [*LABELS, *sorted(used - set(LABELS))]
    identifier = {name: i for i, name in enumerate(names, start=1)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, page in enumerate(dataset.pages, start=1):
        images.append(
            {
                **page.extra,
                "id": number,
                "file_name": relative(page.file, folder),
                "width": page.page.width,
                "height": page.page.height,
                "dpi": page.page.dpi,
                "group": page.group,
                "exhaustive": sorted(page.exhaustive),
                **({"split": page.part} if page.part else {}),
            }
        )
        for mark in page.page.marks:
            category = identifier[category_of(mark)]
            annotations.append(annotation_record(mark, len(annotations) + 1, number, category))
    return {
        "info": {**dataset.info, "name": dataset.name},
        "images": images,
        "annotations": annotations,
        "categories": [{"id": i, "name": name} for name, i in identifier.items()],
    }
