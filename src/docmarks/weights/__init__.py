"""The model that ships."""

from pathlib import Path

DEFAULT_MODEL = Path(__file__).parent / "default.xml"
"""Ready to run (int8); its weights lie beside it in ``default.bin``."""

DEFAULT_WEIGHTS = Path(__file__).parent / "default.safetensors"
"""To fine-tune from (half precision)."""

UPRIGHT_MODEL = Path(__file__).parent / "upright.onnx"
"""Tells which way up a page lies (``model.upright``)."""


DEFAULT = "default"
"""What the model that ships is called on a command line."""


def ships(model: Path) -> bool:
    """Whether ``default`` is named, the model that ships. A folder of that name needs its full path."""
    return str(model) == DEFAULT


def weights_of(run: Path) -> Path:
    """The path itself; for ``default`` the weights that ship."""
    return DEFAULT_WEIGHTS if ships(run) else run
