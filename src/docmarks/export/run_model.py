"""From a checkpoint to the files that `docmarks detect` runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks import __version__
from docmarks.errors import DocmarksError
from docmarks.export.int8 import quantise
from docmarks.export.onnx_file import export_onnx
from docmarks.model.detector import FasterRCNN
from docmarks.runtime.detector import Detector
from docmarks.runtime.sheet import ModelSheet
from docmarks.train.checkpoint import read_checkpoint

UNTUNED_THRESHOLD = 0.5
"""Of every label, until evaluation has found better ones."""


def export_checkpoint(
    checkpoint_file: Path,
    path: Path,
    name: str,
    thresholds: Sequence[float] | None = None,
) -> Path:
    """Writes the fp32 ONNX file of a checkpoint's weights.

    Args:
        checkpoint_file: A training checkpoint, or the run folder that holds one.
        path: The .onnx file to write.
        name: What the model calls itself.
        thresholds: One a label; None takes those noted in the checkpoint, else 0.5.

    Raises:
        DocmarksError: Unreadable checkpoint, unwritable target, or an export that differs from the model.
    """
    if checkpoint_file.is_dir():
        checkpoint_file = checkpoint_file / "last.safetensors"
    checkpoint = read_checkpoint(checkpoint_file)
    model = FasterRCNN(checkpoint.model)
    model.load_state_dict({name: t.float() if t.is_floating_point() else t for name, t in checkpoint.weights().items()})
    noted = thresholds or checkpoint.info.get("thresholds") or [UNTUNED_THRESHOLD] * len(checkpoint.model.labels)
    if len(noted) != len(checkpoint.model.labels):
        raise DocmarksError(f"{len(noted)} thresholds for {len(checkpoint.model.labels)} labels; give one a label")
    sheet = ModelSheet(name=name, version=__version__, config=checkpoint.model, thresholds=tuple(noted))
    path.parent.mkdir(parents=True, exist_ok=True)
    export_onnx(model, sheet, path)
    return path


def export_int8(onnx_file: Path, images: Sequence[NDArray[np.uint8]], path: Path) -> Path:
    """Quantises an exported ONNX file with the page images (``[H, W, 3]`` or ``[H, W]``) as calibration."""
    detector = Detector.load(onnx_file)
    quantise(onnx_file, detector.sheet, (detector.prepare(image) for image in images), path)
    return path
