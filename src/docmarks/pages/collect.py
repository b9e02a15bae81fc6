"""From the files and folders on a command line to documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from docmarks.errors import DocmarksError
from docmarks.pages.sniff import SUFFIXES, sniff


@dataclass(frozen=True)
class Collected:
    """What there is to do.

    Attributes:
        files: Documents, each once, in the order of the command line, folders sorted.
        skipped: Files in the folders that are none.
    """

    files: tuple[Path, ...]
    skipped: int


def collect(paths: Sequence[Path]) -> Collected:
    """The documents among files and folders (searched through to the bottom).

    Raises:
        DocmarksError: A path does not exist, or a folder holds no document.
    """
    found: dict[Path, None] = {}
    skipped = 0
    for path in paths:
        if not path.exists():
            raise DocmarksError(f"{path}: no such file or folder")
        if not path.is_dir():
            found[path] = None
            continue
        inside = [file for file in sorted(path.rglob("*")) if file.is_file() and not file.name.startswith(".")]
        documents = [file for file in inside if _is_document(file)]
        if not documents:
            raise DocmarksError(f"{path}: no PDF, TIFF, PNG, JPEG or WebP in this folder")
        found |= dict.fromkeys(documents)
        skipped += len(inside) - len(documents)
    return Collected(tuple(found), skipped)


def _is_document(file: Path) -> bool:
    if file.suffix.lower() in SUFFIXES:
        return True  # a broken one is to be told, not passed over
    try:
        sniff(file)
    except DocmarksError:
        return False
    return True
