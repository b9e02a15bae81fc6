"""The model that ships."""

from pathlib import Path

DEFAULT_MODEL = Path(__file__).parent / "default.xml"
"""Ready to run (int8); its weights lie beside it in ``default.bin``."""

DEFAULT_WEIGHTS = Path(__file__).parent / "default.safetensors"
"""To fine-tune from (half precision)."""
