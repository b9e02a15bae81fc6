"""YOLO: a text file an image, a line a box: class, centre x, centre y, width, height as shares of the page.

The layout of Ultralytics' data sets (docs.ultralytics.com/datasets/detect): ``data.yaml`` with the class names and the
image folders of the parts; the labels of ``images/train/a.png`` are in ``labels/train/a.txt``. Without ``data.yaml``,
``classes.txt`` or ``obj.names`` lists the classes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.files import is_there, read_text, write_text
from docmarks.data.formats.holds import Holds, labels_of
from docmarks.data.formats.intake import PARTS, Intake, Wanted, folder_of, hull
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.marks import Mark
from docmarks.pages.sniff import SUFFIXES

HOLDS = Holds(split=True, every_part=True, over_edge=False)

TRAIN, ALL = "train", "all"
"""The folder of the pages to learn from, there or not; the folder of a set without parts."""

YAML = "data.yaml"

SHEETS = (YAML, "data.yml", "dataset.yaml", "dataset.yml")

NAMES = ("classes.txt", "obj.names", "labels/classes.txt")

IMAGES = frozenset({".bmp", *SUFFIXES}) - {".pdf"}

WITH_SCORE, LEAST_POLYGON = 6, 7
"""Numbers on a line: a box with a confidence; a class and three corners."""


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """A folder, or its ``data.yaml``.

    Raises:
        DocmarksError: No class names, a line that is no box, or a class without a name.
    """
    root = folder_of(path)
    sheet = path if path.is_file() else next((root / name for name in SHEETS if (root / name).is_file()), None)
    classes, sources = _sheet(sheet) if sheet else (_names(root), {})
    intake = Intake(root, notes, wanted, dict.fromkeys(classes))
    parts: dict[Path, str] = {}
    for part, folders in (sources or {"": [root]}).items():
        for image in (image for folder in folders for image in _images(folder, root)):
            parts.setdefault(image, part)
    if not parts and wanted.images is not None:
        return _read_sheets(root, classes, intake)
    for image in wanted.watch([*parts]):
        file = next((file for file in (_labels_file(image), image.with_suffix(".txt")) if is_there(file)), None)
        _read_page(image, file, parts[image] or _part_in(image, root), classes, intake)
    return intake.dataset()


def _read_sheets(root: Path, classes: Sequence[str], intake: Intake) -> Dataset:
    """An export without its images, as Label Studio writes it where these lie elsewhere: they are found by name."""
    sheets = (root / "labels").rglob("*.txt")
    for file in intake.wanted.watch([file for file in sorted(sheets) if file.name != Path(NAMES[0]).name]):
        found = (intake.find(file.stem + suffix) for suffix in sorted(IMAGES))
        image = next((image for image in found if image is not None), None)
        if image is None:
            intake.notes.add("label files of images that are not there (left out)", str(file))
        else:
            _read_page(image, file, _part_in(file, root), classes, intake)
    return intake.dataset()


def _sheet(sheet: Path) -> tuple[list[str], dict[str, list[Path]]]:
    """Class names, and the folders or lists of images of each part."""
    try:
        data: Any = yaml.safe_load(read_text(sheet))
    except (yaml.YAMLError, RecursionError) as error:
        raise DocmarksError(f"{sheet}: broken YAML ({str(error).splitlines()[0]}); correct it") from error
    names = data.get("names") if isinstance(data, dict) else None
    if isinstance(names, dict):
        if sorted(names) != list(range(len(names))):
            raise DocmarksError(f"{sheet}: the classes in names must be numbered from 0 without a gap; correct it")
        names = [names[number] for number in range(len(names))]
    if not isinstance(names, list) or not all(isinstance(name, str | int | float) for name in names):
        raise DocmarksError(f"{sheet}: has no class names; add names: [...]")
    base = sheet.parent / str(data.get("path") or "")
    sources = {}
    for part, given in data.items():
        if part in PARTS and given:
            entries = given if isinstance(given, list) else [given]
            found = [place for entry in entries if (place := _place(str(entry), base, sheet.parent)) is not None]
            if found:
                sources[PARTS[part]] = found
    if len(sources) > 1 and len({tuple(found) for found in sources.values()}) == 1:
        sources = {"": next(iter(sources.values()))}  # checked on what it is trained on: there are no parts
    return [str(name) for name in names], sources


def _place(entry: str, base: Path, root: Path) -> Path | None:
    """A folder or list as the sheet means it: some exports count from the folder above."""
    for place in (base / entry, root / entry, root / entry.removeprefix("../")):
        if place.exists():
            return Path(os.path.normpath(place))
    return None


def _names(root: Path) -> list[str]:
    for name in NAMES:
        if (root / name).is_file():
            return [line.strip() for line in read_text(root / name).splitlines() if line.strip()]
    raise DocmarksError(f"{root}: no class names; add {YAML} with names: [...], or {NAMES[0]}, a name a line")


def _images(folder: Path, root: Path) -> Iterator[Path]:
    """The images of a folder, or of a list of them."""
    if folder.is_file() and folder.suffix == ".txt":
        for line in filter(None, map(str.strip, read_text(folder).splitlines())):
            yield next((place for place in (folder.parent / line, root / line) if place.exists()), folder.parent / line)
        return
    yield from (file for file in sorted(folder.rglob("*")) if file.suffix.lower() in IMAGES)


def _part_in(image: Path, root: Path) -> str:
    place = image.relative_to(root) if image.is_relative_to(root) else Path(image.name)
    return next((PARTS[name] for name in place.parts[:-1] if name in PARTS), "")


def _labels_file(image: Path) -> Path:
    """``labels`` in place of the last ``images``, else beside the image."""
    parts = list(image.parts)
    for i in range(len(parts) - 2, -1, -1):
        if parts[i] == "images":
            return Path(*parts[:i], "labels", *parts[i + 1 :]).with_suffix(".txt")
    return image.with_suffix(".txt")


def _read_page(image: Path, file: Path | None, part: str, classes: Sequence[str], intake: Intake) -> None:
    lines: list[str] = []
    if file is not None:
        lines = read_text(file).splitlines()
    else:
        intake.notes.add("images without a label file (taken as pages without marks, as YOLO does)", str(image))

    def marks(width: int, height: int) -> Iterator[Mark | None]:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                yield _mark(line.split(), f"{file}: line {number}", (width, height), classes, intake)

    intake.add(str(image), None, marks, part=part)


def _mark(
    words: Sequence[str], where: str, size: tuple[int, int], classes: Sequence[str], intake: Intake
) -> Mark | None:
    try:
        index, (x, y, width, height, *more) = int(float(words[0])), (float(word) for word in words[1:])
    except ValueError as error:
        raise DocmarksError(f"{where} is no box; write class, x, y, width, height as shares of the page") from error
    if not 0 <= index < len(classes):
        raise DocmarksError(f"{where} has the class {index}, but there are {len(classes)} names; add its name")
    if len(words) >= LEAST_POLYGON and len(words) % 2:
        intake.notes.add("polygons (their upright box taken)", where)
        shares = [float(word) for word in words[1:]]
        left, top, right, bottom = hull(zip(shares[::2], shares[1::2], strict=True))
    else:
        left, top, right, bottom = x - width / 2, y - height / 2, x + width / 2, y + height / 2
    if max(abs(left), abs(top), abs(right), abs(bottom)) > 2:
        raise DocmarksError(f"{where} is not in shares of the page (0 to 1); divide by its width and height")
    box = (left * size[0], top * size[1], right * size[0], bottom * size[1])
    return intake.mark(box, [classes[index]], where, more if len(words) == WITH_SCORE else ())


def place(page: DatasetPage, name: PurePosixPath) -> PurePosixPath:
    """Where an image goes."""
    return PurePosixPath("images", page.part or ALL, name)


def write(dataset: Dataset, target: Path) -> Path:
    """Writes label files beside the images' folders, and ``data.yaml`` last; returns it."""
    names = labels_of(dataset)
    index = {name: i for i, name in enumerate(names)}
    for page in dataset.pages:
        file = _labels_file(page.file)
        if not file.resolve().is_relative_to(target.resolve()) or file.parent == page.file.parent:
            raise DocmarksError(f"{page.file}: YOLO needs its images in {target / 'images'}; copy or link them there")
        width, height = page.page.width, page.page.height
        lines = []
        for mark in page.page.marks:
            left, top, right, bottom = mark.box
            shares = ((left + right) / 2 / width, (top + bottom) / 2 / height, mark.width / width, mark.height / height)
            lines.append(f"{index[mark.label]} " + " ".join(f"{share:.8f}" for share in shares) + "\n")
        write_text(file, "".join(lines))
    folders = {page.part: f"images/{page.part or ALL}" for page in dataset.pages}
    # Ultralytics wants both parts; a set without any is checked on what it is trained on, as its own examples are.
    train = folders.pop("", f"images/{TRAIN}")
    sheet = {"train": train, "val": folders.get("val", train), **folders, "names": dict(enumerate(names))}
    write_text(target / YAML, yaml.safe_dump(sheet, sort_keys=False, allow_unicode=True))
    return target / YAML
