"""The run folder's own record."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.files.atomic import whole
from docmarks.train.run_folder import RunFolder


class JsonlWriter:
    """``metrics.jsonl`` and ``validation.jsonl``, a line a step; pictures as PNG files."""

    def __init__(self, folder: RunFolder) -> None:
        """Goes on at the end of the files."""
        self.folder = folder
        # A line at a time, so that whoever follows the file sees whole lines.
        self.metrics = folder.metrics.open("a", buffering=1, encoding="utf-8")
        self.measured = folder.validation.open("a", buffering=1, encoding="utf-8")

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """A line of ``metrics.jsonl``."""
        self.metrics.write(_line(step, values))

    def validation(self, step: int, values: Mapping[str, float]) -> None:
        """A line of ``validation.jsonl``."""
        self.measured.write(_line(step, values))

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        """A file of its name; the one of an earlier step goes."""
        self.folder.pictures.mkdir(exist_ok=True)
        with whole(self.folder.pictures / f"{name}.png") as part:
            Image.fromarray(pixels).save(part, "PNG", optimize=True)

    def close(self) -> None:
        """Closes the files."""
        self.metrics.close()
        self.measured.close()


def _line(step: int, values: Mapping[str, float]) -> str:
    plain: dict[str, Any] = {name: value if math.isfinite(value) else None for name, value in values.items()}
    return json.dumps({"step": step} | plain) + "\n"
