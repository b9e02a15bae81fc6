"""Reads a pickle that holds arrays and plain containers, and nothing else.

A pickle is a program: loading one of unknown origin can run anything. This reader admits the few names that numpy
arrays need and refuses every other before anything is called.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np

from docmarks.errors import DocmarksError

ADMITTED = frozenset(
    {
        ("numpy", "dtype"),
        ("numpy", "ndarray"),
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy.core.multiarray", "scalar"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("collections", "OrderedDict"),
        ("_codecs", "encode"),  # how protocol 2 writes the bytes of an array
    }
)


class _Arrays(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ADMITTED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)

    def persistent_load(self, pid: Any) -> Any:
        raise pickle.UnpicklingError("it refers to objects outside the file")


def load_arrays(path: Path) -> Any:
    """The object in a pickle of arrays and plain containers.

    Raises:
        DocmarksError: The file is missing or broken, or asks for anything else, which is named; nothing of it was run.
    """
    try:
        with path.open("rb") as file:
            found = _Arrays(file, encoding="latin1").load()
    except FileNotFoundError as error:
        raise DocmarksError(f"{path}: no such file") from error
    except pickle.UnpicklingError as error:
        raise DocmarksError(f"{path}: refused, no plain file of weights: {error}") from error
    except (EOFError, OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, ImportError) as error:
        raise DocmarksError(f"{path}: not a readable pickle ({type(error).__name__}: {error})") from error
    _check_plain(path, found)
    return found


def _check_plain(path: Path, value: Any) -> None:
    if isinstance(value, dict):
        for part in (*value.keys(), *value.values()):
            _check_plain(path, part)
    elif isinstance(value, list | tuple):
        for part in value:
            _check_plain(path, part)
    elif isinstance(value, np.ndarray):
        if value.dtype.hasobject:
            raise DocmarksError(f"{path}: refused, it holds an array of objects")
    elif not isinstance(value, str | bytes | int | float | bool | np.generic | type(None)):
        raise DocmarksError(f"{path}: refused, it holds a {type(value).__name__}")
