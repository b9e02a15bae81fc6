"""What a run has found so far, a line a page, so that it goes on after an interruption."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.errors import DocmarksError
from docmarks.evaluate.quality import Quality
from docmarks.evaluate.run import Seen
from docmarks.marks import Detections

FILE = ".predictions.part.jsonl"


class JournalFile:
    """Pages by file name and number, size and time of change; of one model only. Used in a ``with`` block."""

    def __init__(self, path: Path, model: str, labels: tuple[str, ...]) -> None:
        """Reads what an earlier run of the same model has left.

        Args:
            path: The file.
            model: Fingerprint of the model; what another one has found is thrown away.
            labels: Of the detector.

        Raises:
            DocmarksError: The file cannot be written.
        """
        self.path, self.labels = path, labels
        self._head = {"model": model, "labels": list(labels)}
        self._known = self._read()
        try:
            self._file = path.open("a" if self._known else "w", encoding="utf-8")
            if not self._known:
                self._write(self._head)
        except OSError as error:
            raise DocmarksError(f"{path}: cannot be written ({error.strerror}); choose another -o") from error

    def __len__(self) -> int:
        """How many pages are known."""
        return len(self._known)

    def get(self, page: DatasetPage) -> Seen | None:
        """What is known of a page."""
        line = self._known.get(_key(page))
        if line is None:
            return None
        boxes = np.array(line["boxes"], np.float32).reshape(-1, 4)
        scores = np.array(line["scores"], np.float32).reshape(-1, len(self.labels))
        q = line["quality"]
        sharpness = float("nan") if q["sharpness"] is None else q["sharpness"]
        quality = Quality(q["kind"], q["long_side_px"], sharpness, q["noise"])
        return Seen(Detections(boxes, scores, self.labels), quality)

    def put(self, page: DatasetPage, seen: Seen) -> None:
        """Keeps a page.

        Raises:
            DocmarksError: The disk is full.
        """
        quality = {k: None if v != v else v for k, v in asdict(seen.quality).items()}
        found = {"boxes": seen.found.boxes.tolist(), "scores": seen.found.scores.tolist(), "quality": quality}
        try:
            self._write({"page": _key(page), **found})
        except OSError as error:
            raise DocmarksError(f"{self.path}: cannot be written ({error.strerror}); choose another -o") from error

    def __enter__(self) -> JournalFile:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the file; after a run that came to its end it is not needed any more."""
        with suppress(OSError):
            self._file.close()
        if kind is None:
            self.path.unlink(missing_ok=True)

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()

    def _read(self) -> dict[str, dict[str, Any]]:
        known: dict[str, dict[str, Any]] = {}
        try:
            with self.path.open(encoding="utf-8") as lines:
                if json.loads(next(lines, "null")) != self._head:
                    return {}
                for line in lines:
                    if line.endswith("\n"):  # the last one may have been cut off
                        entry = json.loads(line)
                        known[entry["page"]] = entry
        except (OSError, ValueError, KeyError):
            return {}
        return known


def _key(page: DatasetPage) -> str:
    state = page.file.stat() if page.file.is_file() else None
    version = "" if state is None else f":{state.st_size}:{state.st_mtime_ns}"
    return f"{page.file}:{page.number}:{page.page.dpi:g}{version}"
