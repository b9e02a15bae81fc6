"""Files of JSON objects, a line each, that a run adds to as it goes; one that was killed may have left half a line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, TextIO

Line = dict[str, Any]


def read_lines(path: Path) -> list[Line]:
    """The objects of a file, without lines that are none; nothing if the file is not there or cannot be read."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [found for line in text.split("\n") if isinstance(found := _object(line), dict)]


def open_lines(path: Path, anew: bool = False) -> TextIO:
    """Opens a file to add lines to, each of its own even if the last one there was cut off.

    Args:
        path: The file.
        anew: What is there goes.

    Raises:
        OSError: It cannot be written.
    """
    file = path.open("w" if anew else "a", encoding="utf-8")
    if file.tell() and not _ends_a_line(path):
        file.write("\n")
    return file


def _object(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
