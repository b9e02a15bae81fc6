"""Which file of an exported model runs where."""

from __future__ import annotations

from pathlib import Path

from docmarks.errors import DocmarksError
from docmarks.messages.nearest import did_you_mean
from docmarks.runtime.network import Network
from docmarks.weights import DEFAULT, DEFAULT_MODEL, ships

RUN_MODELS = ("model.xml", "model.onnx")
"""What an exported model is called in a run folder: int8 is preferred."""

CHECKPOINT = ".safetensors"
"""What training leaves: weights to train from and to export."""

DEVICES = {"cpu": RUN_MODELS, "cuda": ("model.onnx",)}
"""Where a network can run, and which files of a run folder it takes there."""


def model_file(path: Path | None, device: str = "cpu") -> Path:
    """The file of an exported model: itself, that of a run folder, or for None and ``default`` the one that ships.

    Raises:
        DocmarksError: There is no such file, the folder holds none that runs on the device, or there is no such device.
    """
    if device not in DEVICES:
        raise DocmarksError(f"device {device}: take one of {', '.join(DEVICES)}")
    if path is None or ships(path):
        if device == "cpu":
            return DEFAULT_MODEL
        raise DocmarksError(
            f"device {device}: the model that ships is for processors; `docmarks export default -o DIR` "
            "makes one for GPUs, then --model DIR"
        )
    if path.suffix == CHECKPOINT:
        raise DocmarksError(
            f"{path}: a checkpoint, no exported model; name its run folder, or make one with `docmarks export {path}`"
        )
    if not path.exists():
        hint = did_you_mean(str(path), [DEFAULT], f"name an exported model, a run folder, or {DEFAULT}")
        raise DocmarksError(f"{path}: no such model file; {hint}")
    if not path.is_dir():
        return path
    for name in DEVICES[device]:
        if (path / name).is_file():
            return path / name
    raise DocmarksError(f"{path}: no exported model in this folder; make one with `docmarks export {path}`")


def load_network(file: Path, device: str = "cpu", threads: int | None = None, streams: int = 1) -> Network:
    """The network in a file: OpenVINO's on a processor, ONNX Runtime's on a GPU.

    Raises:
        DocmarksError: The file is missing or no network, or there is no such device here.
    """
    if device == "cpu":
        from docmarks.runtime.session import Session

        return Session(file, threads, streams)
    from docmarks.runtime.onnx_session import OnnxSession

    return OnnxSession(file, device, threads, streams)
