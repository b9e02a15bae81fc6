"""The files of a run, by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docmarks.errors import DocmarksError
from docmarks.files.atomic import write_text


class RunFolder:
    """Where everything about a run lies; nothing needs a server to be read.

    Attributes:
        config: Configuration as resolved (YAML).
        data: The data sets, their fingerprints, and the weights that the run began with (JSON).
        mistakes: Where a model erred on the training pages, if the run looks there (JSON).
        environment: Versions and device (JSON).
        metrics: A line a training step (JSONL).
        validation: A line a measurement on the validation part (JSONL).
        last: Checkpoint to go on from.
        best: The weights that were best on the validation part.
        model: The exported model.
        results: Its figures on the validation part (JSON).
        pictures: Validation pages with truth and predictions.
        report: The run on one page (HTML).
    """

    def __init__(self, path: Path) -> None:
        """``path`` need not exist."""
        self.path = path
        self.config = path / "config.yaml"
        self.data = path / "data.json"
        self.mistakes = path / "hard-examples.json"
        self.environment = path / "environment.json"
        self.metrics = path / "metrics.jsonl"
        self.validation = path / "validation.jsonl"
        self.last = path / "last.safetensors"
        self.best = path / "best.safetensors"
        self.model = path / "model.onnx"
        self.results = path / "results.json"
        self.pictures = path / "pictures"
        self.report = path / "report.html"

    def cut_back(self, trained: int, measured: int) -> None:
        """Drops the lines of steps after ``trained``, and of later measurements: a resumed run writes them again."""
        for file, last in ((self.metrics, trained), (self.validation, measured)):
            if file.exists():
                kept = [line for line in file.read_text(encoding="utf-8").splitlines() if _step_of(line) <= last]
                write_text(file, "".join(line + "\n" for line in kept))

    def lines(self, file: Path) -> list[dict[str, Any]]:
        """The whole lines of a JSONL file of this folder; none if there is no such file."""
        if not file.exists():
            return []
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if _step_of(line) < BROKEN]

    def read_data(self) -> dict[str, Any]:
        """What ``data`` holds.

        Raises:
            DocmarksError: It is missing or broken.
        """
        try:
            found: dict[str, Any] = json.loads(self.data.read_text(encoding="utf-8"))
            return found
        except (OSError, ValueError) as error:
            raise DocmarksError(
                f"{self.path}: no training run in this folder; start one with -o {self.path}"
            ) from error


BROKEN = float("inf")


def _step_of(line: str) -> float:
    """The step of a line; a line that was being written when the process died counts as after every step."""
    try:
        return float(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return BROKEN
