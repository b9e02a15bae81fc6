"""What an exported model says of itself, kept in the metadata of its ONNX file."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from docmarks.model.config import ModelConfig

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
