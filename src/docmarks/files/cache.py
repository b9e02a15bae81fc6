"""Where docmarks keeps what it need not fetch or compute twice."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "DOCMARKS_CACHE"


def cache_folder() -> Path:
    """``DOCMARKS_CACHE``, else ``docmarks`` in the user's cache folder. It may not exist yet."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "docmarks"


def writable(folder: Path) -> bool:
    """Makes the folder if it can; whether something can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
