"""One exported network in ONNX Runtime: for GPUs, and to see that another runtime finds the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from docmarks.errors import DocmarksError
from docmarks.runtime.network import Float, Regions, of_each

CUDA = "CUDAExecutionProvider"
PROVIDERS: dict[str, list[str | tuple[str, dict[str, str]]]] = {
    "cpu": ["CPUExecutionProvider"],
    # TF32 rounds to ten bits: other marks than elsewhere. An exhaustive search would begin anew at each size of page.
    "cuda": [(CUDA, {"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}), "CPUExecutionProvider"],
}
"""Where each device's operations run; what the first has not is done by the next."""

QUIET = 3
"""Errors alone are logged."""


class OnnxSession:
    """An ``.onnx`` file: image in, regions out."""

    def __init__(self, path: Path, device: str = "cuda", threads: int | None = None, streams: int = 1) -> None:
        """Loads the file.

        Args:
            path: An ONNX file.
            device: "cuda" or "cpu".
            threads: Cores to use; None takes all.
            streams: How many threads will call it at once; they share the device.

        Raises:
            DocmarksError: The file is missing or no ONNX file, ONNX Runtime is not installed, or it sees no GPU.
        """
        runtime = _runtime()
        if not path.is_file():
            raise DocmarksError(f"{path}: no such model file")
        if path.suffix == ".xml":
            raise DocmarksError(f"{path}: is for processors alone; name the .onnx file of `docmarks export`")
        if device == "cuda" and CUDA not in runtime.get_available_providers():
            raise DocmarksError(
                "device cuda: ONNX Runtime sees no GPU here; take --device cpu, or pip install 'docmarks[cuda]'"
            )
        if device == "cuda" and hasattr(runtime, "preload_dlls"):
            runtime.preload_dlls()  # CUDA's libraries where pip has put them
        options = runtime.SessionOptions()
        options.log_severity_level = QUIET
        if threads is not None:
            options.intra_op_num_threads = threads
        try:
            self._session = runtime.InferenceSession(str(path), options, providers=PROVIDERS[device])
        except Exception as error:  # its errors have no class in common
            raise DocmarksError(
                f"{path}: not a model that ONNX Runtime can run; take another copy of it, or export it again"
            ) from error
        if device == "cuda" and CUDA not in self._session.get_providers():
            # It would go on without a word, on the processor.
            raise DocmarksError("device cuda: the GPU cannot be used (driver, CUDA or cuDNN); take --device cpu")
        self.path, self.device, self.streams = path, device, streams
        self._input = self._session.get_inputs()[0].name

    def __call__(self, image: Float) -> Regions:
        """As ``Network``: ``[1, C, H, W]`` in 0..255 to boxes ``[R, 4]`` in its pixels and scores ``[R, K]``.

        Raises:
            DocmarksError: The device cannot do it; most often its memory is full.
        """
        return self.many(image)[0]

    def many(self, images: Float) -> list[Regions]:
        """The same for each of ``[N, C, H, W]``."""
        try:
            outputs = self._session.run(None, {self._input: np.ascontiguousarray(images, dtype=np.float32)})
        except Exception as error:
            size = f"{images.shape[3]} x {images.shape[2]}"
            pages = "a page" if len(images) == 1 else f"{len(images)} pages"
            why = str(error).splitlines()[0][:200]
            raise DocmarksError(f"{self.path}: device {self.device} fails on {pages} of {size} ({why})") from error
        return of_each(outputs, len(images))


def _runtime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise DocmarksError("ONNX Runtime is not installed; pip install 'docmarks[cuda]'") from error
    return onnxruntime
