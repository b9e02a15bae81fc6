"""Post-training quantisation to int8 with NNCF, saved as OpenVINO IR."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks.runtime.session import read_network
from docmarks.runtime.sheet import KEY, ModelSheet

KEPT_IN_FP32 = (
    "^/normalise/.*",
    "^/anchors/.*",
    "^/proposals/.*",
    "^/roi_heads/pooler/.*",
    "^/roi_heads/[^/]+$",  # what stands in the forward pass itself: decoding the boxes
    "^/[^/]+$",  # likewise: clipping them
)
"""Operations that compute with coordinates. In int8 a step would be several pixels."""


def quantise(onnx_file: Path, sheet: ModelSheet, images: Iterable[NDArray[np.float32]], path: Path) -> None:
    """Writes ``path`` (.xml, and .bin beside it) from an exported ONNX file.

    Convolutions and fully connected layers compute in int8; box arithmetic, selection and pooling stay in fp32.

    Args:
        onnx_file: What ``export_onnx`` wrote.
        sheet: Travels in the file; its precision becomes "int8".
        images: Calibration inputs ``[1, C, H, W]`` in 0..255, like those the model will see.
        path: Ends in .xml.
    """
    import nncf
    import openvino

    calibration = list(images)
    model = read_network(onnx_file)
    quantised = nncf.quantize(
        model,
        nncf.Dataset(calibration),
        subset_size=len(calibration),
        preset=nncf.QuantizationPreset.MIXED,
        ignored_scope=nncf.IgnoredScope(patterns=list(KEPT_IN_FP32), validate=False),
    )
    quantised.set_rt_info(sheet.model_copy(update={"precision": "int8"}).model_dump_json(), KEY)
    openvino.save_model(quantised, str(path), compress_to_fp16=False)
