"""Arrays out of a file that may be missing, cut off, or something else."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError

DAMAGED = (
    # No arrays, or none that are read without running anything; a file that is cut off.
    ValueError,
    TypeError,
    KeyError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
    # Archives of other tools, with compressions or passwords that Python does not know.
    NotImplementedError,
    RuntimeError,
    # A head that claims more than there is.
    MemoryError,
)
"""What ``numpy.load`` raises of a file that is none, or not whole any more."""


def read_npz(path: Path, what: str, cure: str, needed: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
    """All arrays of an ``.npz`` file by their names.

    Args:
        path: The file.
        what: What it should be, as in "an ink file".
        cure: What its user can do if it is not.
        needed: Names that it must have.

    Raises:
        DocmarksError: It is missing, unreadable, damaged, no such file, or lacks an array.
    """
    try:
        with np.load(path, allow_pickle=False) as stored:
            found = {name: stored[name] for name in (*needed, *stored.files)}
    except FileNotFoundError as error:
        raise DocmarksError(f"{path}: no such file; {cure}") from error
    except OSError as error:
        raise DocmarksError(f"{path}: cannot be read ({error.strerror or error}); check its permissions") from error
    except DAMAGED as error:
        told = " ".join(str(error).split())[:120]
        raise DocmarksError(f"{path}: not {what}, or a damaged file ({told}); {cure}") from error
    return found
