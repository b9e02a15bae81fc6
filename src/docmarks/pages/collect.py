"""From the files and folders on a command line to documents."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docmarks.errors import DocmarksError
from docmarks.pages.sniff import SUFFIXES, sniff

ANNOTATED = re.compile(r"\.annotated(-\d+)?\.(pdf|png)$")
"""How our annotated copies end: they are no new documents."""

CROPS = "crops"
"""Folder of the marks that were cut out, in a folder a label."""

CROP = re.compile(r"-p\d+-\d+\.png$")
"""How their files end."""


@dataclass(frozen=True)
class Collected:
    """What there is to do.

    Attributes:
        files: Documents, each once, in the order of the command line, folders sorted.
        names: What to call each: its place in the folder it was found in, or its file name; never two alike.
        skipped: Files in the folders that are no documents.
    """

    files: tuple[Path, ...]
    names: tuple[str, ...]
    skipped: int


def collect(paths: Sequence[Path], output: Path | None = None) -> Collected:
    """The documents among files and folders (searched through to the bottom).

    Args:
        paths: Files and folders. A file is taken whatever it is; in a folder hidden files and our own annotated
            copies are passed over.
        output: Folder of the results: what lies in it from an earlier run is no document either.

    Raises:
        DocmarksError: A path does not exist, or a folder holds no document.
    """
    found: dict[Path, str] = {}
    skipped = 0
    for path in paths:
        if not os.path.lexists(path):
            raise DocmarksError(f"{path}: no such file or folder; check the spelling")
        if not path.is_dir():
            found.setdefault(path, path.name)
            continue
        inside = [file for file in sorted(path.rglob("*")) if not _is_hidden(file, path) and file.is_file()]
        documents = [file for file in inside if not _is_ours(file, path, output) and _is_document(file)]
        if not documents:
            raise DocmarksError(f"{path}: no PDF, TIFF, PNG, JPEG or WebP in this folder")
        for file in documents:
            found.setdefault(file, file.relative_to(path).as_posix())
        skipped += len(inside) - len(documents)
    return Collected(tuple(found), _distinct(found), skipped)


def _distinct(found: dict[Path, str]) -> tuple[str, ...]:
    times = Counter(found.values())
    told = [str(path) if times[name] > 1 else name for path, name in found.items()]
    # A name that is no text (bytes of another system) could neither be printed nor stored.
    return tuple(os.fsencode(name).decode("utf-8", "replace") for name in told)


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _is_ours(file: Path, folder: Path, output: Path | None) -> bool:
    if ANNOTATED.search(file.name) or (CROP.search(file.name) and file.parent.parent.name == CROPS):
        return True
    if output is None:
        return False
    # Results may be written into the searched folder itself: then only the crops are pages of nothing.
    around = folder.resolve().is_relative_to(output.resolve())
    return file.resolve().is_relative_to(output.resolve() / CROPS if around else output.resolve())


def _is_document(file: Path) -> bool:
    if file.suffix.lower() in SUFFIXES:
        return True  # a broken one is to be told, not passed over
    try:
        sniff(file)
    except DocmarksError:
        return False
    return True
