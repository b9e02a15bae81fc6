"""What `docmarks evaluate` has found so far, a line a page, so that it goes on after an interruption."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.quality import Quality
from docmarks.evaluate.run import Seen
from docmarks.marks import Detections
from docmarks.results.kept_lines import KeptLines, state_of

FILE = ".predictions.part.jsonl"


class JournalFile(KeptLines):
    """Pages by file and number, size and time of change; of one model only. Used in a ``with`` block."""

    def __init__(self, path: Path, model: str, labels: tuple[str, ...]) -> None:
        """Reads what an earlier run of the same model has left.

        Args:
            path: The file.
            model: Fingerprint of the model; what another one has found is thrown away.
            labels: Of the detector.

        Raises:
            DocmarksError: The file cannot be written.
        """
        super().__init__(path, {"model": model, "labels": labels})
        self.labels = labels

    def get(self, page: DatasetPage) -> Seen | None:
        """What is known of a page."""
        line = self.kept(_key(page))
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
        self.keep(_key(page), found)


def _key(page: DatasetPage) -> str:
    return f"{page.number}:{page.page.dpi:g}:{state_of(page.file)}"
