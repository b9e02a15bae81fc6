"""From a checkpoint to the files that `docmarks detect` runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks import __version__
from docmarks.errors import DocmarksError
from docmarks.export.agreement import LEAST_AGREEMENT, agreement
from docmarks.export.int8 import quantise
from docmarks.export.onnx_file import export_onnx
from docmarks.runtime.detector import Detector
from docmarks.runtime.sheet import ModelSheet
from docmarks.train.checkpoint import build_model, find_checkpoint, read_checkpoint, write_tensors

UNTUNED_THRESHOLD = 0.5
"""Of every label, until evaluation has found better ones."""

Thresholds = Mapping[str, float]
"""Minimum score by label."""


def export_checkpoint(run: Path, path: Path, name: str, thresholds: Thresholds | None = None) -> Path:
    """Writes the fp32 ONNX file of a checkpoint's weights.

    Args:
        run: A run folder, or a checkpoint.
        path: The .onnx file to write.
        name: What the model calls itself.
        thresholds: By label; None takes those noted in the checkpoint, else 0.5.

    Raises:
        DocmarksError: Unreadable checkpoint, unwritable target, or an export that differs from the model.
    """
    checkpoint = read_checkpoint(find_checkpoint(run))
    model = build_model(checkpoint)
    noted = thresholds or checkpoint.info.get("thresholds") or {}
    values = tuple(noted.get(label, UNTUNED_THRESHOLD) for label in checkpoint.model.labels)
    sheet = ModelSheet(name=name, version=__version__, config=checkpoint.model, thresholds=values)
    path.parent.mkdir(parents=True, exist_ok=True)
    export_onnx(model, sheet, path)
    return path


def slim_checkpoint(run: Path, path: Path, thresholds: Thresholds | None = None) -> None:
    """Writes the weights alone, in half precision: what another training starts from."""
    checkpoint = read_checkpoint(find_checkpoint(run))
    tensors = {f"model.{name}": t.half() if t.is_floating_point() else t for name, t in checkpoint.weights().items()}
    info = {"step": checkpoint.info.get("step", 0)}
    noted = thresholds or checkpoint.info.get("thresholds")
    write_tensors(path, tensors, checkpoint.model, info | ({"thresholds": dict(noted)} if noted else {}))


def export_int8(onnx_file: Path, images: Sequence[NDArray[np.uint8]], path: Path) -> Path:
    """Quantises an exported ONNX file with the page images (``[H, W, 3]`` or ``[H, W]``) as calibration.

    Raises:
        DocmarksError: The int8 model finds other marks on these pages than the fp32 one.
    """
    exact = Detector.load(onnx_file)
    beside = path.with_name(f"unchecked-{path.name}")
    try:
        quantise(onnx_file, exact.sheet, (exact.prepare(image) for image in images), beside)
        share, count = agreement(exact, Detector.load(beside), images)
        if share < LEAST_AGREEMENT:
            raise DocmarksError(
                f"{path}: in int8 only {share:.0%} of {count} marks are found again; calibrate on more pages like yours"
            )
        # The weights first: the XML is what is opened.
        beside.with_suffix(".bin").replace(path.with_suffix(".bin"))
        beside.replace(path)
    finally:
        for leftover in (beside, beside.with_suffix(".bin")):
            leftover.unlink(missing_ok=True)
    return path
