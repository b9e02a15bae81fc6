"""What an exported model is, in one number: files of other contents are another model."""

from __future__ import annotations

import hashlib
from pathlib import Path

from docmarks.errors import DocmarksError


def fingerprint(model: Path) -> str:
    """SHA-256 of a model's file, and of the weights beside an .xml.

    Raises:
        DocmarksError: The file is missing or cannot be read.
    """
    weights = model.with_suffix(".bin")
    try:
        digest = hashlib.sha256(model.read_bytes())
        if model.suffix == ".xml" and weights.is_file():
            digest.update(weights.read_bytes())
    except FileNotFoundError as error:
        raise DocmarksError(f"{model}: no such model file") from error
    except OSError as error:
        raise DocmarksError(f"{model}: cannot read the model ({error.strerror})") from error
    return digest.hexdigest()
