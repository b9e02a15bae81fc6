"""Thresholds into an exported model, so that `docmarks detect` uses them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from docmarks.errors import DocmarksError
from docmarks.runtime.detector import RUN_MODELS
from docmarks.runtime.sheet import ModelSheet, read_sheet, write_sheet
from docmarks.weights import DEFAULT_MODEL


@dataclass(frozen=True)
class Stored:
    """One file that was written.

    Attributes:
        path: The file.
        before: Its sheet as it was.
        after: As it is now.
    """

    path: Path
    before: ModelSheet
    after: ModelSheet


def store_thresholds(model: Path | None, thresholds: Mapping[str, float], out: Path | None = None) -> list[Stored]:
    """Writes thresholds into a model, or into a copy of it; labels that are not named keep theirs.

    Args:
        model: An exported model, or a run folder: every exported model in it. None is the model that ships, which is
            only ever copied.
        thresholds: Minimum score by label.
        out: A file for the copy, of the same kind; not for a folder.

    Raises:
        DocmarksError: No model, a label that it does not have, or a file that cannot be written.
    """
    if model is None and out is None:
        raise DocmarksError("the model that ships is not changed; write a copy with -o mine.xml")
    source = DEFAULT_MODEL if model is None else model
    files = [source]
    if source.is_dir():
        files = [source / name for name in RUN_MODELS if (source / name).is_file()]
        if not files:
            raise DocmarksError(f"{source}: no exported model in this folder; make one with `docmarks export {source}`")
        if out is not None and len(files) > 1:
            raise DocmarksError(f"{source}: has {' and '.join(RUN_MODELS)}; name one of them to copy it")
    if out is not None and out.suffix != files[0].suffix:
        raise DocmarksError(f"{out}: the copy of {files[0].name} must end in {files[0].suffix}")
    return [_store(file, thresholds, out or file) for file in files]


def _store(file: Path, thresholds: Mapping[str, float], target: Path) -> Stored:
    before = read_sheet(file)
    labels = before.config.labels
    for label in thresholds:
        if label not in labels:
            raise DocmarksError(f"{file}: has no label {label}; it knows {', '.join(labels)}")
    values = tuple(thresholds.get(label, old) for label, old in zip(labels, before.thresholds, strict=True))
    after = before.model_copy(update={"thresholds": values})
    if target != file and file.suffix == ".xml":
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.with_suffix(".bin"), target.with_suffix(".bin"))
        except OSError as error:
            raise DocmarksError(f"{target}: cannot be written ({error.strerror}); choose another -o") from error
    write_sheet(file, after, target)
    return Stored(target, before, after)
