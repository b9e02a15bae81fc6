"""Which documents `docmarks detect` has done so far, so that it goes on after an interruption."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

from docmarks.results.kept_lines import KeptLines, state_of
from docmarks.results.schema import DocumentRecord

FILE = ".detect.part.jsonl"


class DoneDocuments:
    """Documents whose results are in the folder, by place, size and time of change. Used in a ``with`` block."""

    def __init__(self, folder: Path, seen: dict[str, Any]) -> None:
        """Reads what an earlier run has left.

        Args:
            folder: Of the results.
            seen: What the results depend on beside the document; those of a run with others are not taken over.

        Raises:
            DocmarksError: The folder cannot be written to.
        """
        self.folder = folder
        self._lines = KeptLines(folder / FILE, seen)

    def get(self, path: Path, stem: str, name: str) -> DocumentRecord | None:
        """The result of a document, if it was done under the same names and is there."""
        line = self._lines.get(state_of(path))
        if line is None or line["stem"] != stem:
            return None
        try:
            record = DocumentRecord.model_validate_json((self.folder / f"{stem}.json").read_bytes())
        except (OSError, ValueError):
            return None
        return record if record.file == name else None

    def put(self, path: Path, stem: str) -> None:
        """Notes that all files of a document are in their places.

        Raises:
            DocmarksError: The disk is full.
        """
        self._lines.put(state_of(path), {"stem": stem})

    def __enter__(self) -> DoneDocuments:
        """Itself."""
        self._lines.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file; after a run that came to its end it is not needed any more."""
        self._lines.__exit__(kind, error, trace)
