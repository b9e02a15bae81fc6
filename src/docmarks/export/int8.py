"""Post-training quantisation to int8 with NNCF, saved as OpenVINO IR."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.export.int8_loss import Int8Loss
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

LAYERS = ("Convolution", "GroupConvolution", "MatMul")
"""What computes in int8."""


RANKED_PAGES = 20
"""Pages on which a layer's part in the loss is measured: those that lose most."""


def quantise(
    onnx_file: Path,
    sheet: ModelSheet,
    images: Iterable[NDArray[np.float32]],
    path: Path,
    loss: Int8Loss | None = None,
    max_drop: float = 0.0,
) -> None:
    """Writes ``path`` (.xml, and .bin beside it) from an exported ONNX file.

    Convolutions and fully connected layers compute in int8; box arithmetic, selection and pooling stay in fp32. With
    ``loss``, layers go back to fp32, the one that costs most first, until no data set loses more than ``max_drop``.

    Args:
        onnx_file: What ``export_onnx`` wrote.
        sheet: Travels in the file; its precision becomes "int8".
        images: Calibration inputs ``[1, C, H, W]`` in 0..255, like those the model will see.
        path: Ends in .xml.
        loss: Measures a network on annotated pages; None quantises all layers.
        max_drop: Points of AP.
    """
    import nncf
    import openvino

    # With a limit it tells which layers it puts back; without one a line for each of a thousand operations.
    nncf.set_log_level(logging.WARNING if loss is None else logging.INFO)
    calibration = list(images)
    options = {
        "subset_size": len(calibration),
        "preset": nncf.QuantizationPreset.MIXED,
        "ignored_scope": nncf.IgnoredScope(patterns=list(KEPT_IN_FP32), validate=False),
    }
    model, shown = read_network(onnx_file), nncf.Dataset(calibration)
    if loss is None:
        quantised = nncf.quantize(model, shown, **options)
    else:
        quantised = nncf.quantize_with_accuracy_control(
            model,
            shown,
            nncf.Dataset(loss.pages),
            loss,
            max_drop=max_drop,
            drop_type=nncf.DropType.ABSOLUTE,
            advanced_accuracy_restorer_parameters=nncf.AdvancedAccuracyRestorerParameters(
                ranking_subset_size=RANKED_PAGES
            ),
            **options,
        )
    quantised.set_rt_info(sheet.model_copy(update={"precision": "int8"}).model_dump_json(), KEY)
    openvino.save_model(quantised, str(path), compress_to_fp16=False)


def fp32_layers(path: Path) -> list[str]:
    """Convolutions and fully connected layers of an int8 model that compute in fp32, by name."""
    layers = [node for node in read_network(path).get_ordered_ops() if node.get_type_name() in LAYERS]
    return [node.get_friendly_name() for node in layers if not _is_int8(node)]


def _is_int8(layer: Any) -> bool:
    """By its weights: what lies between a layer and its quantised input may be a pooling or a change of shape."""
    weights = layer.input_value(1).get_node()
    while weights.get_input_size():
        weights = weights.input_value(0).get_node()
    return bool(weights.get_element_type().size == 1)
