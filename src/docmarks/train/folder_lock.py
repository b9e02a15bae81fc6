"""One training at a time in a run folder: two would take each other's checkpoints for their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from docmarks.errors import DocmarksError

FILE = ".training"
"""Locked while a process trains; a process that ends in any way lets go of it."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """While the block runs no other process may train in this folder; where a system has no such locks, all may.

    Raises:
        DocmarksError: Another process does.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with (folder / FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DocmarksError(
                f"{folder}: another process is training here; let it end, or choose another -o"
            ) from error
        except OSError:  # a file system without locks
            pass
        yield
