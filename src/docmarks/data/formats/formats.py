"""Every format by its name: what reads it, what writes it, what it can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.formats import (
    coco,
    cvat,
    datumaro,
    label_studio,
    labelme,
    own,
    page_folder,
    signverod,
    table,
    voc,
    vott,
    yolo,
)
from docmarks.data.formats.detect import (
    Look,
    is_coco,
    is_cvat,
    is_datumaro,
    is_label_studio,
    is_labelme,
    is_own,
    is_pages,
    is_signverod,
    is_table,
    is_voc,
    is_vott,
    is_yolo,
)
from docmarks.data.formats.holds import EVERYTHING, Holds, fit
from docmarks.data.formats.intake import Wanted
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError

Reader = Callable[[Path, Notes, Wanted], Dataset]

Writer = Callable[[Dataset, Path], Path]
"""Takes a data set that fits and the target, a folder or a file; returns what to look at."""


def _in_images(page: DatasetPage, name: PurePosixPath) -> PurePosixPath:
    return PurePosixPath("images", name)


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        title: What it is called.
        read: Its reader.
        looks_like: Whether a file or folder is of it.
        write: Its writer; None if it is only read.
        holds: What it can hold.
        as_file: What it can hold if the target is one file; None where that is the same.
        says: What a file or folder that was read could say, where tools write it in poorer ways; None if all of them
            write what it holds.
        suffix: What such a file ends with; empty if the target must be a folder.
        place: Where in the target an image goes.
        needs_images: Its annotations are found through the images, so these must be in their place.
        shown: Its images are for a browser, or a program that may know no TIFF.
    """

    title: str
    read: Reader
    looks_like: Callable[[Look], bool]
    write: Writer | None = None
    holds: Holds = EVERYTHING
    as_file: Holds | None = None
    says: Callable[[Path], Holds] | None = None
    suffix: str = ""
    place: Callable[[DatasetPage, PurePosixPath], PurePosixPath] = _in_images
    needs_images: bool = False
    shown: bool = False


OWN = "docmarks"

FORMATS: dict[str, Format] = {
    OWN: Format("our own form", own.read, is_own, own.write, EVERYTHING, suffix=".json"),
    "coco": Format("COCO", coco.read, is_coco, coco.write, coco.HOLDS, coco.FILE_HOLDS, coco.says, ".json"),
    "yolo": Format("YOLO", yolo.read, is_yolo, yolo.write, yolo.HOLDS, place=yolo.place, needs_images=True),
    "voc": Format("Pascal VOC", voc.read, is_voc, voc.write, voc.HOLDS, place=voc.place),
    "vott": Format("VoTT", vott.read, is_vott, vott.write, vott.HOLDS, suffix=".json"),
    "label_studio": Format(
        "Label Studio",
        label_studio.read,
        is_label_studio,
        label_studio.write,
        label_studio.HOLDS,
        says=label_studio.says,
        suffix=".json",
        shown=True,
    ),
    "labelme": Format(
        "LabelMe", labelme.read, is_labelme, labelme.write, labelme.HOLDS, place=labelme.place, shown=True
    ),
    "cvat": Format("CVAT for images", cvat.read, is_cvat, cvat.write, cvat.HOLDS, suffix=".xml"),
    "datumaro": Format("Datumaro", datumaro.read, is_datumaro, datumaro.write, datumaro.HOLDS, place=datumaro.place),
    "csv": Format("CSV", table.read, is_table, table.write, table.HOLDS, suffix=".csv"),
    "signverod": Format("SignverOD", signverod.read, is_signverod),
    "pages": Format("pages without annotations", page_folder.read, is_pages),
}
"""The formats by the names that ``--from`` and ``--to`` take."""

READABLE = tuple(FORMATS)

WRITABLE = tuple(name for name, known in FORMATS.items() if known.write is not None)

ENDINGS = {".csv": "csv", ".xml": "cvat", "-export.json": "vott", "tasks.json": "label_studio"}
"""What the name of a target tells of its format."""


def detect(path: Path) -> str:
    """The name of the format of a file or folder.

    Raises:
        DocmarksError: It is of none, or may be of several, which are named.
    """
    if not path.exists():
        raise DocmarksError(f"{path}: no such file or folder; check the spelling")
    look = Look(path)
    found = [name for name, known in FORMATS.items() if name != "pages" and known.looks_like(look)]
    if len(found) > 1:
        raise DocmarksError(f"{path}: may be {' or '.join(found)}; say which with --from")
    if found:
        return found[0]
    if FORMATS["pages"].looks_like(look):
        return "pages"
    raise DocmarksError(f"{path}: no annotations or pages of a known form; give --from ({', '.join(READABLE)})")


def read_as(path: Path, name: str | None = None, notes: Notes | None = None, wanted: Wanted | None = None) -> Dataset:
    """A data set in any format.

    Args:
        path: The file or folder.
        name: Of the format; None looks what it is.
        notes: Told what could not be taken over.
        wanted: Special wishes.

    Raises:
        DocmarksError: What is wrong, with the file, in one line.
    """
    known = _known(name or detect(path), READABLE)
    if not path.exists():
        raise DocmarksError(f"{path}: no such file or folder; check the spelling")
    try:
        return known.read(path, notes if notes is not None else Notes(), wanted or Wanted())
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # Readers name the mistakes that tools make; a file may still hold anything anywhere.
        what = " ".join(f"{type(error).__name__}: {error}".split())[:120]
        raise DocmarksError(f"{path}: not of the form of {known.title} ({what}); export it again") from error


def write_as(dataset: Dataset, target: Path, name: str, notes: Notes | None = None) -> Path:
    """Writes a data set in any format; images stay where they are.

    Args:
        dataset: The pages.
        target: A folder, or a file where the format is one.
        name: Of the format.
        notes: Told what the format cannot hold.

    Returns:
        The file or folder with the annotations.

    Raises:
        DocmarksError: The format is only read, or the target cannot be written.
    """
    known = _known(name, WRITABLE)
    assert known.write is not None
    return known.write(fit(dataset, holds_of(name, target), notes if notes is not None else Notes()), target)


def holds_of(name: str, target: Path) -> Holds:
    """What a format holds in a target.

    Raises:
        DocmarksError: It is no file, and the target is called like one.
    """
    known = _known(name, WRITABLE)
    if is_file_name(target) and target.suffix.lower() != known.suffix:
        wanted = f"a folder or a file that ends in {known.suffix}" if known.suffix else "a folder"
        raise DocmarksError(f"{target}: {name} is written to {wanted}; name one")
    return known.as_file if is_file_name(target) and known.as_file is not None else known.holds


def said_by(path: Path, name: str) -> Holds:
    """What a file or folder in the format of a name could say of its boxes.

    Raises:
        DocmarksError: There is no such format, or the file is broken.
    """
    known = _known(name, READABLE)
    return known.holds if known.says is None else known.says(path)


def is_file_name(target: Path) -> bool:
    """Whether a target is meant to be a file."""
    return not target.is_dir() and target.suffix.lower() in {known.suffix for known in FORMATS.values() if known.suffix}


def format_of_target(target: Path) -> str:
    """The format that the name of a target tells; our own if it tells none."""
    return next((name for ending, name in ENDINGS.items() if target.name.lower().endswith(ending)), OWN)


def _known(name: str, names: tuple[str, ...]) -> Format:
    if name not in names:
        raise DocmarksError(f"{name}: no format that can be used here; there are {', '.join(names)}")
    return FORMATS[name]
