"""`docmarks export`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from docmarks.export.int8_loss import Loss


def export(
    run: Annotated[Path, typer.Argument(help="A run folder, a checkpoint (.safetensors), or default.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Folder for the files [default: the run folder].")
    ] = None,
    name: Annotated[str, typer.Option(help="What the model calls itself.")] = "docmarks",
    thresholds: Annotated[Path | None, typer.Option(help="metrics.json of `evaluate`: stores its thresholds.")] = None,
    int8: Annotated[bool, typer.Option("--int8", help="Also quantised for CPUs (model.xml, model.bin).")] = False,
    calibrate: Annotated[
        list[Path] | None, typer.Option(help="Data sets whose training pages int8 is calibrated on.")
    ] = None,
    n_pages: Annotated[int, typer.Option("--calibration-pages", min=1, help="How many of them.")] = 100,
    max_drop: Annotated[
        float | None,
        typer.Option(
            min=0, help="Points of AP that int8 may lose on any of these sets; what costs most stays in fp32."
        ),
    ] = None,
) -> None:
    """Writes model.onnx (checked against the model) and model.safetensors (half precision, to fine-tune from)."""
    from docmarks.cli.progress import page_bar
    from docmarks.errors import DocmarksError
    from docmarks.export.calibration import calibration_pages
    from docmarks.export.run_model import export_checkpoint, export_int8, slim_checkpoint
    from docmarks.weights import weights_of

    if int8 and not calibrate:
        raise DocmarksError("--int8 needs pages to calibrate on: add --calibrate DATA")
    if max_drop is not None and not int8:
        raise DocmarksError("--max-drop is for --int8: add it, and --calibrate DATA")
    source = weights_of(run)
    if source != run and out is None:
        raise DocmarksError("default: the weights that ship; name a folder for the exported model with -o DIR")
    folder = out or (run if run.is_dir() else run.parent)
    chosen = None if thresholds is None else _usual(thresholds)
    onnx_file = export_checkpoint(source, folder / "model.onnx", name, chosen)
    slim_checkpoint(source, folder / "model.safetensors", chosen)
    print(onnx_file)
    print(folder / "model.safetensors")
    if int8:
        pages = calibration_pages(calibrate or [], n_pages)
        made = export_int8(onnx_file, pages, folder / "model.xml", max_drop, page_bar)
        print(made.path)
        if made.before is not None and made.after is not None:
            print(_loss_line(made.layers, made.back, made.before, made.after))


def _usual(metrics: Path) -> Mapping[str, float]:
    from docmarks.errors import DocmarksError
    from docmarks.evaluate.thresholds import read_thresholds
    from docmarks.runtime.size import USUAL

    found = read_thresholds(metrics)
    if found.sizes != USUAL:
        raise DocmarksError(
            f"{metrics}: measured with --fast or --accurate; export, then `docmarks thresholds MODEL {metrics}`"
        )
    return found.scores


def _loss_line(layers: int, back: Sequence[str], before: Loss, after: Loss) -> str:
    now = f"int8 loses {max(after.worst, 0):.2f} points of AP on {after.worst_set}"
    if not back:
        return f"{now}, with all {layers} layers in int8"
    return f"{now}, {before.worst:.2f} with all {layers} layers in int8; back in fp32: {', '.join(back)}"
