"""The detector: a page image in, marks out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import ValidationError

from docmarks.errors import DocmarksError
from docmarks.marks import Detections
from docmarks.runtime.metadata import metadata
from docmarks.runtime.select import select
from docmarks.runtime.session import Session
from docmarks.runtime.sheet import KEY, ModelSheet

DEFAULT_MODEL = Path(__file__).parent.parent / "weights" / "default.onnx"
"""The model that ships."""

RUN_MODEL = "model.onnx"
"""What a training run calls its exported model: a run folder stands for it."""


class Detector:
    """An exported model, ready to run.

    Attributes:
        sheet: What the model says of itself.
        labels: Its K labels.
        thresholds: The minimum score of each, stored with the model.
    """

    def __init__(self, sheet: ModelSheet, session: Session) -> None:
        """Composed by ``load``."""
        self.sheet = sheet
        self.session = session
        self.labels = sheet.config.labels
        self.thresholds = sheet.thresholds

    @classmethod
    def load(cls, path: Path | None = None, threads: int | None = None) -> Detector:
        """Loads an exported model: an ``.onnx`` file, a run folder that holds one, or the model that ships.

        Raises:
            DocmarksError: There is no such file, or it is no docmarks model.
        """
        path = DEFAULT_MODEL if path is None else path
        if path.is_dir():
            path = path / RUN_MODEL
        return cls(read_sheet(path), Session(path, threads))

    @property
    def name(self) -> str:
        """Of the model."""
        return self.sheet.name

    @property
    def version(self) -> str:
        """Of the model."""
        return self.sheet.version

    @property
    def label_set(self) -> str:
        """The label set of its labels."""
        return self.sheet.config.label_set

    @property
    def channels(self) -> str:
        """What the network sees: "grey", "rgb" or "bgr"."""
        return self.sheet.config.input.channels

    def working_size(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) at which the network sees a page of this size."""
        wanted = self.sheet.config.input
        scale = min(wanted.short_side / min(width, height), wanted.long_side / max(width, height))
        return max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5))

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Finds the marks on one page.

        Args:
            image: ``[H, W, 3]`` RGB or ``[H, W]`` grey.

        Returns:
            Detections in pixels of ``image``, down to the model's lowest score.
        """
        height, width = image.shape[:2]
        size = self.working_size(width, height)
        boxes, scores = self.session(self._input(image, size))
        found = select(boxes, scores, self.sheet.config)
        factor = np.array([width / size[0], height / size[1]] * 2, dtype=np.float32)
        scaled = found.boxes * factor
        limit = np.array([width, height] * 2, dtype=np.float32)
        return Detections(np.clip(scaled, 0, limit), found.scores, found.labels)

    def _input(self, image: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.float32]:
        """Resized (bilinear, antialiased) and laid out as ``[1, C, H, W]``."""
        page = Image.fromarray(image)
        if self.channels == "grey":
            grey = np.asarray(page.convert("L").resize(size, Image.Resampling.BILINEAR), dtype=np.float32)
            return grey[None, None]
        colour = np.asarray(page.convert("RGB").resize(size, Image.Resampling.BILINEAR), dtype=np.float32)
        if self.channels == "bgr":
            colour = colour[:, :, ::-1]
        return np.ascontiguousarray(colour.transpose(2, 0, 1))[None]


def read_sheet(path: Path) -> ModelSheet:
    """The sheet in an exported model's metadata.

    Raises:
        DocmarksError: There is no such file, or it is no docmarks model.
    """
    try:
        entries = metadata(path.read_bytes())
    except FileNotFoundError as error:
        raise DocmarksError(f"{path}: no such model file") from error
    except OSError as error:
        raise DocmarksError(f"{path}: cannot read the model ({error.strerror})") from error
    except ValueError as error:
        raise DocmarksError(f"{path}: not a model file, or a damaged one; take another copy of it") from error
    if KEY not in entries:
        raise DocmarksError(f"{path}: a model, but not one that docmarks exported; use `docmarks export`")
    try:
        return ModelSheet.model_validate_json(entries[KEY])
    except ValidationError as error:
        raise DocmarksError(f"{path}: made by another version of docmarks; export it again") from error
