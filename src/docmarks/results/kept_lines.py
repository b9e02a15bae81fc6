"""What a run has done so far, a line of JSON each, so that the next one goes on after an interruption."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from docmarks.errors import DocmarksError
from docmarks.files.json_lines import Line, open_lines, read_lines

if TYPE_CHECKING:
    from typing import Self  # Python 3.11

KEY = "key"


class KeptLines:
    """Lines by their key, of runs with the same ``head`` only. Used in a ``with`` block."""

    def __init__(self, path: Path, head: Line) -> None:
        """Reads what an earlier run has left.

        Args:
            path: The file.
            head: What must be alike for a line to hold; lines under another head are thrown away.

        Raises:
            DocmarksError: The file cannot be written.
        """
        self.path = path
        self._head = json.loads(json.dumps(head))  # as it is read back: tuples are lists
        self._known = self._read()
        self._any = bool(self._known)
        try:
            self._file = open_lines(path, anew=not self._known)
            if not self._known:
                self._write(self._head)
        except OSError as error:
            raise self._unwritable(error) from error

    def __len__(self) -> int:
        """How many an earlier run has left."""
        return len(self._known)

    def kept(self, key: str) -> Line | None:
        """What an earlier run has left under a key."""
        return self._known.get(key)

    def keep(self, key: str, line: Line) -> None:
        """Keeps a line for the next run.

        Raises:
            DocmarksError: The disk is full.
        """
        try:
            self._write({KEY: key, **line})
        except OSError as error:
            raise self._unwritable(error) from error
        self._any = True

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file; after a run that came to its end, or before anything was done, it is not needed."""
        with suppress(OSError):
            self._file.close()
        if kind is None or not self._any:
            self.path.unlink(missing_ok=True)

    def _write(self, line: Line) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def _read(self) -> dict[str, Line]:
        lines = read_lines(self.path)
        if not lines or lines[0] != self._head:
            return {}
        return {line[KEY]: line for line in lines if isinstance(line.get(KEY), str)}

    def _unwritable(self, error: OSError) -> DocmarksError:
        return DocmarksError(f"{self.path}: cannot be written ({error.strerror}); choose another -o")


def state_of(file: Path) -> str:
    """A file by its place, size and time of change: changed, it is another."""
    state = file.stat() if file.is_file() else None
    return f"{file}" if state is None else f"{file}:{state.st_size}:{state.st_mtime_ns}"
