"""Thresholds into an exported model, so that `docmarks detect` uses them, and into what a run exports next."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docmarks.errors import DocmarksError
from docmarks.files.atomic import make_folder, whole
from docmarks.runtime.checkpoint_info import RUN_CHECKPOINTS, note, read_info
from docmarks.runtime.model_file import RUN_MODELS
from docmarks.runtime.sheet import ModelSheet, read_sheet, write_sheet
from docmarks.runtime.size import USUAL, named
from docmarks.weights import DEFAULT_MODEL, ships


@dataclass(frozen=True)
class Stored:
    """One file that was written.

    Attributes:
        path: The file.
        before: Minimum score by label as it was.
        after: As it is now.
    """

    path: Path
    before: Mapping[str, float]
    after: Mapping[str, float]


def store_thresholds(
    model: Path | None, thresholds: Mapping[str, float], out: Path | None = None, sizes: Sequence[float] = USUAL
) -> list[Stored]:
    """Writes thresholds into a model, or into a copy of it; labels that are not named keep theirs.

    Args:
        model: An exported model, or a run folder: every exported model in it, and the checkpoints with the same
            weights, for the next export. None or ``default`` is the model that ships, which is only ever copied.
        thresholds: Minimum score by label.
        out: A file for the copy, of the same kind; not for a folder.
        sizes: Of the pages that the thresholds are for (``runtime.size``).

    Raises:
        DocmarksError: No model, a label that it does not have, or a file that cannot be written.
    """
    source = DEFAULT_MODEL if model is None or ships(model) else model
    if source is DEFAULT_MODEL and (out is None or out.resolve() == source.resolve()):
        raise DocmarksError("the model that ships is not changed; write a copy with -o mine.xml")
    files = [source]
    if source.is_dir():
        files = [source / name for name in RUN_MODELS if (source / name).is_file()]
        if not files:
            raise DocmarksError(f"{source}: no exported model in this folder; make one with `docmarks export {source}`")
        if out is not None and len(files) > 1:
            raise DocmarksError(f"{source}: has {' and '.join(RUN_MODELS)}; name one of them to copy it")
    if out is not None and out.suffix != files[0].suffix:
        raise DocmarksError(f"{out}: the copy of {files[0].name} must end in {files[0].suffix}")
    checkpoints = _exported_checkpoints(source) if source.is_dir() and out is None else []
    stored = [_store(file, thresholds, out or file, sizes) for file in files]
    for checkpoint in checkpoints:
        _note(checkpoint, stored[-1].after, sizes)
    return stored + [replace(stored[-1], path=checkpoint) for checkpoint in checkpoints]


def _exported_checkpoints(run: Path) -> list[Path]:
    """The checkpoint that an export of the run reads, and the slim copy of its weights, which tells what was exported.

    Where training has gone on since then, the first has other weights: thresholds of the old ones are not for it.
    """
    found = [run / name for name in RUN_CHECKPOINTS if (run / name).is_file()]
    slim = run / RUN_CHECKPOINTS[-1]
    if slim not in found:
        return found[:1]
    step = read_info(slim).get("step")
    return [path for path in dict.fromkeys((found[0], slim)) if read_info(path).get("step") == step]


def _note(checkpoint: Path, after: Mapping[str, float], sizes: Sequence[float]) -> None:
    if tuple(sizes) == USUAL:
        note(checkpoint, {"thresholds": dict(after)})
    else:
        noted = read_info(checkpoint).get("thresholds_at", {})
        note(checkpoint, {"thresholds_at": noted | {named(sizes): dict(after)}})


def _store(file: Path, thresholds: Mapping[str, float], target: Path, sizes: Sequence[float]) -> Stored:
    before = read_sheet(file)
    labels = before.config.labels
    for label in thresholds:
        if label not in labels:
            raise DocmarksError(f"{file}: has no label {label}; it knows {', '.join(labels)}")
    after = before.with_minimum_scores(thresholds, sizes)
    if file.suffix == ".xml" and target.resolve() != file.resolve():
        make_folder(target.parent)
        with whole(target.with_suffix(".bin")) as part:
            shutil.copyfile(file.with_suffix(".bin"), part)
    write_sheet(file, after, target)
    return Stored(target, _by_label(before, sizes), _by_label(after, sizes))


def _by_label(sheet: ModelSheet, sizes: Sequence[float]) -> dict[str, float]:
    return dict(zip(sheet.config.labels, sheet.minimum_scores(sizes), strict=True))
