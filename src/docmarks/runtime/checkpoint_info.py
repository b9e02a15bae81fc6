"""What a checkpoint notes of itself, read and changed without torch; the weights stay as they are.

A safetensors file is the length of its header (8 bytes, little-endian), the header as JSON, then the tensors, whose
places count from the header's end. The header's ``__metadata__`` maps names to text. Source: the format's published
description.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docmarks.errors import DocmarksError
from docmarks.files.atomic import whole

RUN_CHECKPOINTS = ("best.safetensors", "last.safetensors", "model.safetensors")
"""What checkpoints are called in a run folder; the first that is there is exported."""

METADATA, INFO = "__metadata__", "info"

LONGEST = 100 * 2**20
"""Bytes of a header; the format allows no more."""

ALIGNED = 8
"""The header's length is a multiple of so many bytes."""


def read_info(path: Path) -> dict[str, Any]:
    """``step`` and whatever else the writer noted.

    Raises:
        DocmarksError: The file cannot be read, or is no checkpoint.
    """
    return _info(path, _header(path)[0])


def note(path: Path, changes: Mapping[str, Any]) -> None:
    """Sets keys of the info.

    Raises:
        DocmarksError: The file cannot be read or written, or is no checkpoint.
    """
    header, size = _header(path)
    header[METADATA][INFO] = json.dumps(_info(path, header) | dict(changes))
    text = json.dumps(header, separators=(",", ":")).encode("utf-8")
    text += b" " * (-len(text) % ALIGNED)
    with whole(path, "free some space") as part, path.open("rb") as old, part.open("wb") as new:
        old.seek(size)
        new.write(len(text).to_bytes(8, "little") + text)
        shutil.copyfileobj(old, new, 2**20)
        new.flush()
        os.fsync(new.fileno())


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """The header, and where the tensors begin."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > LONGEST:
                raise ValueError("a header that is too long")
            header = json.loads(file.read(length))
            return dict(header), 8 + length
    except OSError as error:
        raise DocmarksError(f"{path}: cannot be read ({error.strerror})") from error
    except (ValueError, TypeError) as error:
        raise DocmarksError(f"{path}: not a readable checkpoint; take another copy of it") from error


def _info(path: Path, header: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return dict(json.loads(header[METADATA][INFO]))
    except (KeyError, ValueError, TypeError) as error:
        raise DocmarksError(f"{path}: a safetensors file, but no docmarks checkpoint") from error
