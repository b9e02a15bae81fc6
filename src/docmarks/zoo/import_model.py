"""A Detectron2 checkpoint as a docmarks model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docmarks import __version__
from docmarks.errors import DocmarksError
from docmarks.export.onnx_file import export_onnx
from docmarks.files.atomic import make_folder
from docmarks.marks import UNTOLD_THRESHOLD
from docmarks.model.detector import FasterRCNN
from docmarks.model.detectron2 import load_detectron2
from docmarks.runtime.sheet import ModelSheet
from docmarks.train.checkpoint import write_tensors
from docmarks.zoo.detectron2_config import read_detectron2_config
from docmarks.zoo.published import Published
from docmarks.zoo.pull import labels_of
from docmarks.zoo.state_file import read_state


def load_model(file: Path, config: Path, labels: Sequence[str] | None = None) -> tuple[FasterRCNN, tuple[str, ...]]:
    """The model in a checkpoint, and what is worth knowing of it.

    Raises:
        DocmarksError: The file is refused, or does not fit its configuration.
    """
    state = read_state(file)
    model = FasterRCNN(read_detectron2_config(config, labels))
    try:
        messages = load_detectron2(model, state.tensors, state.by_suffix)
    except ValueError as error:
        raise DocmarksError(f"{file}: does not fit {config}: {error}") from error
    return model.eval(), messages


def import_model(file: Path, config: Path, out: Path, labels: Sequence[str] | None = None) -> tuple[str, ...]:
    """Writes ``model.safetensors`` (to train from) and ``model.onnx`` (to detect with) into ``out``.

    Args:
        file: ``.pkl`` or ``.pth``.
        config: Its Detectron2 configuration (YAML).
        out: Folder.
        labels: Names of its classes, in order.

    Returns:
        What is worth knowing, a line each.

    Raises:
        DocmarksError: The file is refused, does not fit, or the folder cannot be written.
    """
    model, messages = load_model(file, config, labels)
    make_folder(out)
    tensors = {f"model.{name}": value for name, value in model.state_dict().items()}
    write_tensors(out / "model.safetensors", tensors, model.config, {"step": 0, "source": file.name})
    thresholds = (UNTOLD_THRESHOLD,) * len(model.config.labels)
    sheet = ModelSheet(name=file.stem, version=__version__, config=model.config, thresholds=thresholds)
    export_onnx(model, sheet, out / "model.onnx")
    return messages


def import_published(model: Published, checkpoint: Path, config: Path, out: Path) -> tuple[str, ...]:
    """``import_model`` with the class names that are known of a published model."""
    count = len(read_detectron2_config(config).labels)
    return import_model(checkpoint, config, out, labels_of(model, count) if model.labels else None)
