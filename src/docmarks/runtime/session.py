"""Exported networks in OpenVINO."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError
from docmarks.runtime.compiled_cache import compiled_folder
from docmarks.runtime.network import Float, Regions, of_each

if TYPE_CHECKING:
    from openvino import CompiledModel, Core, InferRequest, Model


class Compiled:
    """A network compiled for the CPU: arrays in, arrays out."""

    def __init__(self, path: Path, threads: int | None = None, streams: int = 1) -> None:
        """Compiles the file.

        Args:
            path: An ONNX file, or an OpenVINO one (.xml, its .bin beside it).
            threads: Cores to use; None takes all.
            streams: Pages at once. One page uses all cores and is done soonest; several share the cores and are done
                sooner in all, since cores then don't wait for one another within a page.

        Raises:
            DocmarksError: The file is missing or is no network.
        """
        self.streams = streams
        self._model = _compile(path, threads, streams)
        self._idle: SimpleQueue[InferRequest] = SimpleQueue()
        for _ in range(streams):
            self._idle.put(self._model.create_infer_request())

    def __call__(self, images: Float) -> list[NDArray[Any]]:
        """The outputs for ``[N, C, H, W]``; as many threads as there are streams may ask at once."""
        request = self._idle.get()
        try:
            found = request.infer({0: np.ascontiguousarray(images, dtype=np.float32)})
            return [np.array(output) for output in found.values()]
        finally:
            self._idle.put(request)


class Session:
    """A compiled detector: image in, regions out."""

    def __init__(self, path: Path, threads: int | None = None, streams: int = 1) -> None:
        """As ``Compiled``."""
        self._network = Compiled(path, threads, streams)

    @property
    def streams(self) -> int:
        """So many threads may call it at once."""
        return self._network.streams

    def __call__(self, image: Float) -> Regions:
        """As ``Network``: ``[1, C, H, W]`` in 0..255 to boxes ``[R, 4]`` in its pixels and scores ``[R, K]``."""
        return self.many(image)[0]

    def many(self, images: Float) -> list[Regions]:
        """The same for each of ``[N, C, H, W]``."""
        return of_each(self._network(images), len(images))


@functools.cache
def core() -> Core:
    """OpenVINO in this process.

    There is one, for good: each that is made moves the stack on which signals are handled, and of several that do not
    end in the order of a stack the first Ctrl-C after them ends in a crash.
    """
    # The import takes a fifth of a second, so only who runs a network pays for it.
    os.environ.setdefault("OPENVINO_TELEMETRY_DISABLED", "1")
    from openvino import Core, Tensor

    # The first array makes its binding to NumPy, under a lock of its own and Python's; two threads take these in
    # opposite order and wait for each other for good. So one thread makes it, here.
    Tensor(np.zeros(1, dtype=np.float32))
    return Core()


def read_network(path: Path) -> Model:
    """The network in a file, not yet compiled.

    Raises:
        DocmarksError: The file is missing or is no network.
    """
    if not path.is_file():
        raise DocmarksError(f"{path}: no such model file")
    try:
        return core().read_model(str(path))
    except RuntimeError as error:
        raise DocmarksError(
            f"{path}: not a model that can be run; take another copy of it, or export it again"
        ) from error


def _compile(path: Path, threads: int | None, streams: int) -> CompiledModel:
    # fp32 where the file says fp32: a processor with bf16 units must find the same marks as one without.
    options: dict[str, object] = {"INFERENCE_PRECISION_HINT": "f32", "PERFORMANCE_HINT": "LATENCY"}
    if streams > 1:
        options |= {"PERFORMANCE_HINT": "THROUGHPUT", "NUM_STREAMS": str(streams)}
    if threads is not None:
        options["INFERENCE_NUM_THREADS"] = threads
    compiled = compiled_folder(path)
    if compiled is not None:
        # A network that was compiled once on this machine starts in a fifth of the time.
        options["CACHE_DIR"] = str(compiled)
    try:
        # By its path, so that a network in the cache need not be read as well.
        return core().compile_model(str(path), "CPU", options)
    except RuntimeError as error:
        read_network(path)  # the more telling error, if it is none at all
        raise DocmarksError(f"{path}: the model cannot be compiled for this machine; export it again") from error
