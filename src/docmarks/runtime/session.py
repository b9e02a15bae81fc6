"""One exported network in OpenVINO."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError

if TYPE_CHECKING:
    from openvino import CompiledModel

Float = NDArray[np.float32]


class Session:
    """A compiled network: image in, regions out."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        """Compiles the ONNX file ``path`` for the CPU.

        Args:
            path: The model.
            threads: Cores to use; None takes all.

        Raises:
            DocmarksError: The file is missing or is no network.
        """
        self._model = _compile(path, threads)

    def __call__(self, image: Float) -> tuple[Float, Float]:
        """``[1, C, H, W]`` in 0..255 to boxes ``[R, 4]`` in its pixels and scores ``[R, K]``."""
        found = self._model(np.ascontiguousarray(image, dtype=np.float32))
        return np.array(found[0]), np.array(found[1])


def _compile(path: Path, threads: int | None) -> CompiledModel:
    # The import takes a fifth of a second, so only who runs a network pays for it.
    os.environ.setdefault("OPENVINO_TELEMETRY_DISABLED", "1")
    from openvino import Core

    options: dict[str, object] = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    if threads is not None:
        options["INFERENCE_NUM_THREADS"] = threads
    if not path.is_file():
        raise DocmarksError(f"{path}: no such model file")
    try:
        core = Core()
        return core.compile_model(core.read_model(str(path)), "CPU", options)
    except RuntimeError as error:
        raise DocmarksError(
            f"{path}: not a model that can be run; take another copy of it, or export it again"
        ) from error
