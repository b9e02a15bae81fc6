"""Files that are either whole or not there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docmarks.errors import DocmarksError


def write_pieces(path: Path, pieces: Iterable[bytes | str]) -> None:
    """Writes piece by piece beside the target, text as UTF-8, then renames.

    Raises:
        DocmarksError: The folder is missing or not writable, or the disk is full.
    """
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as out:
            for piece in pieces:
                out.write(piece.encode("utf-8", "backslashreplace") if isinstance(piece, str) else piece)
        beside.replace(path)
    except OSError as error:
        raise DocmarksError(f"{path}: cannot be written ({error.strerror}); choose another -o") from error
    finally:
        try:
            beside.unlink(missing_ok=True)
        except OSError:
            pass  # the folder is not ours; what went wrong has been said


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
        probe = path / ".docmarks.part"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DocmarksError(f"{path}: cannot write into this folder ({error.strerror}); choose another -o") from error
