"""What an exported model says of itself, kept in the metadata of its file."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, ValidationError

from docmarks.errors import DocmarksError
from docmarks.model.config import ModelConfig
from docmarks.runtime.metadata import metadata

KEY = "docmarks"
"""Name of the metadata entry."""


class ModelSheet(BaseModel):
    """Travels with the weights, so that a file alone is enough to detect with.

    Attributes:
        name: Of the model.
        version: Of the model.
        config: Labels, input and selection, as in training.
        thresholds: Minimum score of each label, in the order of ``config.labels``.
        precision: "fp32" or "int8".
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    config: ModelConfig
    thresholds: tuple[float, ...]
    precision: str = "fp32"


def read_sheet(path: Path) -> ModelSheet:
    """The sheet of an exported model: ONNX, or OpenVINO's XML.

    Raises:
        DocmarksError: There is no such file, or it is no docmarks model.
    """
    try:
        entry = _xml_entry(path) if path.suffix == ".xml" else metadata(path.read_bytes()).get(KEY)
    except FileNotFoundError as error:
        raise DocmarksError(f"{path}: no such model file") from error
    except OSError as error:
        raise DocmarksError(f"{path}: cannot read the model ({error.strerror})") from error
    except (ValueError, ElementTree.ParseError) as error:
        raise DocmarksError(f"{path}: not a model file, or a damaged one; take another copy of it") from error
    if entry is None:
        raise DocmarksError(f"{path}: a model, but not one that docmarks exported; use `docmarks export`")
    try:
        return ModelSheet.model_validate_json(entry)
    except ValidationError as error:
        raise DocmarksError(f"{path}: made by another version of docmarks; export it again") from error


def _xml_entry(path: Path) -> str | None:
    element = ElementTree.parse(path).getroot().find(f"./rt_info/{KEY}")
    return None if element is None else element.get("value")
