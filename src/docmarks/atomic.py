"""Files that are either whole or not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docmarks.errors import DocmarksError


def write_bytes(path: Path, data: bytes) -> None:
    """Writes beside the target, then renames.

    Raises:
        DocmarksError: The folder is missing or not writable, or the disk is full.
    """
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        raise DocmarksError(f"{path}: cannot be written ({error.strerror}); choose another -o") from error
    finally:
        try:
            beside.unlink(missing_ok=True)
        except OSError:
            pass  # the folder is not ours; what went wrong has been said


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
