"""The end of a run: figures, exported model, curves, report."""

from __future__ import annotations

import json
from pathlib import Path

from docmarks.export.run_model import export_checkpoint, slim_checkpoint
from docmarks.files.atomic import write_json
from docmarks.report.curves import write_curves
from docmarks.report.train_page import write_train_page
from docmarks.runtime.checkpoint_info import note
from docmarks.train.checkpoint import build_model, read_checkpoint
from docmarks.train.loop import best_thresholds
from docmarks.train.run_folder import RunFolder
from docmarks.train.validate import Validator


def finish(checkpoint: Path, folder: RunFolder, validator: Validator | None) -> None:
    """Measures the weights to use where that is not done, exports them with their thresholds, and writes the report.

    Args:
        checkpoint: The weights to use.
        folder: Of the run.
        validator: None where there is no validation part: thresholds stay those of the weights to start from, or 0.5.

    Raises:
        DocmarksError: The exported network differs from the model, or a file cannot be written.
    """
    kept = read_checkpoint(checkpoint)
    if validator is not None and _measured_at(folder) != kept.info["step"]:
        validator.load(build_model(kept).state_dict())
        evaluation = validator.precision()
        note(checkpoint, {"thresholds": (kept.info.get("thresholds") or {}) | best_thresholds(evaluation)})
        write_json(folder.results, {"step": kept.info["step"]} | evaluation.to_json())
    export_checkpoint(checkpoint, folder.model, folder.path.absolute().name)
    slim_checkpoint(checkpoint, folder.path / "model.safetensors")
    write_curves(folder)
    write_train_page(folder)


def gain(folder: RunFolder, monitor: str) -> str:
    """What the run brought, in a line: the first and the best value of a figure; empty where it was not measured."""
    measured = [
        (line["step"], line[monitor]) for line in folder.lines(folder.validation) if line.get(monitor) is not None
    ]
    if len(measured) < 2:
        return ""
    shown = "{:.3f}" if monitor == "val_loss" else "{:.1%}"
    best = (min if monitor == "val_loss" else max)(measured, key=lambda pair: pair[1])
    first, last = measured[0], measured[-1]
    if best == first:
        told = f"{monitor} {shown.format(first[1])} after step {first[0]}, {shown.format(last[1])} after step {last[0]}"
        return f"{told}: nothing better was measured, so the weights of step {first[0]} are kept"
    return f"{monitor} {shown.format(first[1])} after step {first[0]}, {shown.format(best[1])} after step {best[0]}"


def _measured_at(folder: RunFolder) -> int | None:
    """The step whose weights gave the figures in the folder."""
    try:
        return int(json.loads(folder.results.read_text(encoding="utf-8"))["step"])
    except (OSError, ValueError, KeyError):
        return None
