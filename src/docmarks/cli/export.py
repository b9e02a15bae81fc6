"""`docmarks export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def export(
    run: Annotated[Path, typer.Argument(help="A run folder, or a checkpoint (.safetensors).")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder for the files [default: the run folder].")
    ] = None,
    name: Annotated[str, typer.Option(help="What the model calls itself.")] = "docmarks",
    thresholds: Annotated[Path | None, typer.Option(help="metrics.json of `evaluate`: stores its thresholds.")] = None,
    int8: Annotated[bool, typer.Option("--int8", help="Also quantised for CPUs (model.xml, model.bin).")] = False,
    calibrate: Annotated[
        list[Path] | None, typer.Option(help="Data sets whose training pages int8 is calibrated on.")
    ] = None,
    calibration_pages: Annotated[int, typer.Option(min=1, help="How many of them.")] = 100,
) -> None:
    """Writes model.onnx (checked against the model) and model.safetensors (half precision, to fine-tune from)."""
    from docmarks.errors import DocmarksError
    from docmarks.evaluate.thresholds import read_thresholds
    from docmarks.export.calibration import calibration_images
    from docmarks.export.run_model import export_checkpoint, export_int8, slim_checkpoint

    if int8 and not calibrate:
        raise DocmarksError("--int8 needs pages to calibrate on: add --calibrate DATA")
    folder = out or (run if run.is_dir() else run.parent)
    chosen = None if thresholds is None else read_thresholds(thresholds)
    onnx_file = export_checkpoint(run, folder / "model.onnx", name, chosen)
    slim_checkpoint(run, folder / "model.safetensors", chosen)
    written = [onnx_file, folder / "model.safetensors"]
    if int8:
        images = calibration_images(calibrate or [], calibration_pages)
        written.append(export_int8(onnx_file, images, folder / "model.xml"))
    for path in written:
        print(path)
