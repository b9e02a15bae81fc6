"""Files that are either whole or not there."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from docmarks.errors import DocmarksError

PART = ".part"
"""Ends what a file is called until it is whole."""

CURE = "choose another -o"


@contextmanager
def staged(path: Path) -> Iterator[Path]:
    """Gives a name to write under. What is there when the block ends becomes ``path``; if it is broken off, it goes.

    A link is followed, and stays one. A device or a pipe is written to as it is.
    """
    if path.exists() and not path.is_file():
        yield path
        return
    path = Path(os.path.realpath(path))
    # Of this process alone: another may be writing the same file.
    part = path.with_name(f"{path.name}.{os.getpid()}{PART}")
    try:
        yield part
        part.replace(path)
    finally:
        with suppress(OSError):  # the folder is not ours; what went wrong has been said
            part.unlink(missing_ok=True)


@contextmanager
def whole(path: Path, cure: str = CURE) -> Iterator[Path]:
    """``staged``, for whom one clear line is all that is wanted of an error.

    Args:
        path: Where the file is to be.
        cure: What its user can do if it cannot be written.

    Raises:
        DocmarksError: An ``OSError`` in the block or after it: no such folder, no right to write, a full disk.
    """
    try:
        with staged(path) as part:
            yield part
    except OSError as error:
        raise DocmarksError(f"{path}: cannot be written ({error.strerror or error}); {cure}") from error


def write_pieces(path: Path, pieces: Iterable[bytes | str]) -> None:
    """Piece by piece, text as UTF-8.

    Raises:
        DocmarksError: The folder is missing or not writable, or the disk is full.
    """
    with whole(path) as part, part.open("wb") as out:
        for piece in pieces:
            out.write(piece.encode("utf-8", "backslashreplace") if isinstance(piece, str) else piece)


def write_bytes(path: Path, data: bytes) -> None:
    """All at once, as ``write_pieces``."""
    write_pieces(path, [data])


def write_text(path: Path, text: str) -> None:
    """UTF-8 text."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: Any) -> None:
    """Indented JSON."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def make_folder(path: Path) -> None:
    """Creates an output folder.

    Raises:
        DocmarksError: It cannot be created, or nothing can be written into it.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".docmarks.{os.getpid()}{PART}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DocmarksError(f"{path}: cannot write into this folder ({error.strerror}); {CURE}") from error
