"""Which documents `docmarks detect` has done so far, so that it goes on after an interruption."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docmarks.results.kept_lines import KeptLines, state_of
from docmarks.results.schema import DocumentRecord

FILE = ".detect.part.jsonl"


class DoneDocuments(KeptLines):
    """Documents whose results are in the folder, by place, size and time of change. Used in a ``with`` block."""

    def __init__(self, folder: Path, seen: dict[str, Any]) -> None:
        """Reads what an earlier run has left.

        Args:
            folder: Of the results.
            seen: What the results depend on beside the document; those of a run with others are not taken over.

        Raises:
            DocmarksError: The folder cannot be written to.
        """
        super().__init__(folder / FILE, seen)
        self.folder = folder

    def get(self, path: Path, stem: str, name: str) -> DocumentRecord | None:
        """The result of a document, if it was done under the same names and is there."""
        line = self.kept(state_of(path))
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
        self.keep(state_of(path), {"stem": stem})
