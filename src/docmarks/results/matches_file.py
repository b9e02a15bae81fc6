"""The matching of an evaluation as a file, so that runs are compared without models, images or annotations."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, fields
from pathlib import Path

import numpy as np

from docmarks.errors import DocmarksError
from docmarks.evaluate.compare import Judged, JudgedPage
from docmarks.evaluate.label_matches import LabelMatches
from docmarks.files.atomic import write_bytes
from docmarks.files.npz_file import read_npz

FILE = "matches.npz"
HEAD = "head"
ARRAYS = tuple(field.name for field in fields(LabelMatches))
FORM = 1

WHAT, CURE = "matches of `docmarks evaluate`", "write it with `docmarks evaluate MODEL DATA -o FOLDER`"
"""For whoever names another file."""


def write_matches(run: Judged, path: Path) -> None:
    """Writes the matching of all sizes of boxes; those of one size are not compared.

    Raises:
        DocmarksError: The file cannot be written.
    """
    head = {
        "form": FORM,
        "name": run.name,
        "labels": list(run.matched),
        "thresholds": dict(run.thresholds),
        "pages": [asdict(page) for page in run.pages],
    }
    arrays: dict[str, np.ndarray] = {HEAD: np.frombuffer(json.dumps(head).encode("utf-8"), np.uint8)}
    for k, found in enumerate(run.matched.values()):
        for name in ARRAYS:
            value = getattr(found, name)
            arrays[f"{k}.{name}"] = value[:1] if name == "outcome" else value
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_bytes(path, buffer.getvalue())


def read_matches(path: Path, name: str) -> Judged:
    """Reads what ``write_matches`` wrote.

    Args:
        path: The file.
        name: What to call the run.

    Raises:
        DocmarksError: There is no such file, or it is none.
    """
    data = read_npz(path, WHAT, CURE, [HEAD])
    try:
        head = json.loads(data[HEAD].tobytes().decode("utf-8"))
        if head["form"] != FORM:
            raise DocmarksError(f"{path}: written by another version of docmarks; evaluate again")
        matched = {
            label: LabelMatches(*(data[f"{k}.{array}"] for array in ARRAYS)) for k, label in enumerate(head["labels"])
        }
        pages = tuple(JudgedPage(**page) for page in head["pages"])
        return Judged(name, pages, head["thresholds"], matched)
    except (ValueError, KeyError, TypeError) as error:
        raise DocmarksError(f"{path}: not {WHAT}, or a damaged file; {CURE}") from error
