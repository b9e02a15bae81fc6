"""Post-training quantisation to int8 with NNCF, saved as OpenVINO IR."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError
from docmarks.export.int8_loss import Watch
from docmarks.export.plain_biases import plain_biases
from docmarks.runtime.sheet import ModelSheet, write_sheet

if TYPE_CHECKING:
    from openvino import Model

KEPT_IN_FP32 = (
    "^/normalise/.*",
    "^/anchors/.*",
    "^/proposals/.*",
    # A second look gets names with a number behind.
    r"^/roi_heads/(pooler|context)(_\d+)?/.*",
    r"^/roi_heads(_\d+)?/[^/]+$",  # what stands in the forward pass itself: decoding the boxes
    "^/[^/]+$",  # likewise: clipping them
)
"""Operations that compute with coordinates. In int8 a step would be several pixels."""

ANSWERS_IN_FP32 = ("^/rpn_head/(deltas|objectness|conv/mix)", "^/roi_heads/predictor/")
"""Layers whose answers are offsets and scores: a fiftieth of the work, a third or more of what int8 moves a box by."""


def quantise(network: Model, images: Sequence[NDArray[np.float32]], watch: Watch) -> Model:
    """An int8 network: convolutions and fully connected layers.

    Box arithmetic, selection, pooling and the layers that give offsets and scores stay in fp32.

    Args:
        network: In fp32.
        images: Calibration inputs ``[1, C, H, W]`` in 0..255, like those the model will see.
        watch: Shows the progress.
    """
    import nncf
    from nncf.quantization.range_estimator import RangeEstimatorParametersSet

    # It has a line for each of a thousand operations, and bars of its own; both go to standard output, which is ours.
    nncf.set_log_level(logging.ERROR)
    with redirect_stdout(io.StringIO()):
        return nncf.quantize(
            network,
            nncf.Dataset(Watched(images, watch)),
            subset_size=len(images),
            preset=nncf.QuantizationPreset.MIXED,
            # Processors without VNNI add two products in 16 bits, which can saturate and then find other marks:
            # weights of seven bits cannot.
            advanced_parameters=nncf.AdvancedQuantizationParameters(
                overflow_fix=nncf.OverflowFix.ENABLE,
                # One bright spot of one page would else make every step coarser.
                activations_range_estimator_params=RangeEstimatorParametersSet.MEAN_NO_OUTLIERS_MINMAX,
            ),
            ignored_scope=nncf.IgnoredScope(patterns=[*KEPT_IN_FP32, *ANSWERS_IN_FP32], validate=False),
        )


class Watched:
    """Things that are shown how far they have come whenever they are gone through."""

    def __init__(self, images: Sequence[NDArray[np.float32]], watch: Watch) -> None:
        """``watch`` shows it."""
        self._images = images
        self._watch = watch

    def __len__(self) -> int:
        """Their number."""
        return len(self._images)

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        """One by one."""
        return iter(self._watch(self._images, "calibrating int8"))


def write_int8(network: Model, sheet: ModelSheet, path: Path) -> None:
    """Writes ``path`` (.xml, and .bin beside it); the sheet travels in it, with "int8" as its precision.

    Raises:
        DocmarksError: It cannot be written.
    """
    import openvino

    # Only now: of plain biases NNCF also corrects what rounding shifts on average, which on few pages does harm.
    network = plain_biases(network)
    try:
        openvino.save_model(network, str(path), compress_to_fp16=False)
    except (OSError, RuntimeError) as error:
        raise DocmarksError(f"{path}: cannot write the model; check its folder and the room on its disk") from error
    write_sheet(path, sheet.model_copy(update={"precision": "int8"}))
