"""Where compiled networks are kept from one start to the next: a folder a model, and only those last used."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from docmarks.files.cache import cache_folder, writable
from docmarks.runtime.fingerprint import fingerprint

KEPT = 12
"""Models. One takes 5 to 20 MB, and everyone who trains makes new ones all the time."""


def compiled_folder(model: Path) -> Path | None:
    """The folder of an exported model, made if need be; None where nothing can be written.

    OpenVINO's own cache tells files apart by path, size and time alone, so models of other contents get other folders.

    Raises:
        DocmarksError: The model is missing or cannot be read.
    """
    root = cache_folder() / "compiled"
    own = root / fingerprint(model)
    if not writable(own):
        return None
    with suppress(OSError):
        os.utime(own)  # when it was last used
        by_age = sorted(root.iterdir(), key=lambda entry: entry.stat().st_mtime, reverse=True)
        for old in by_age[KEPT:]:
            forget(old)
    return own


def forget(entry: Path) -> None:
    """Removes a folder or file; another process may be doing the same."""
    if entry.is_dir():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        entry.unlink(missing_ok=True)
