"""The model that ships."""

from pathlib import Path

DEFAULT_MODEL = Path(__file__).parent / "default.xml"
"""Ready to run (int8); its weights lie beside it in ``default.bin``."""

DEFAULT_WEIGHTS = Path(__file__).parent / "default.safetensors"
"""To fine-tune from (half precision)."""


def weights_of(run: Path) -> Path:
    """The path itself; for ``default`` the weights that ship. A file of that name is ``./default``."""
    return DEFAULT_WEIGHTS if str(run) == "default" else run
