"""The model that ships."""

from pathlib import Path

DEFAULT_MODEL = Path(__file__).parent / "default.xml"
"""Ready to run (int8); its weights lie beside it in ``default.bin``."""

DEFAULT_WEIGHTS = Path(__file__).parent / "default.safetensors"
"""To fine-tune from (half precision)."""


def ships(model: Path | None) -> bool:
    """Whether it is the one that ships: none is named, or ``default``. A folder of that name needs its full path."""
    return model is None or str(model) == "default"


def weights_of(run: Path) -> Path:
    """The path itself; for ``default`` the weights that ship."""
    return DEFAULT_WEIGHTS if ships(run) else run
