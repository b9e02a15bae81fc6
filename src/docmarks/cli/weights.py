"""`docmarks weights`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

weights = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@weights.callback()
def _group() -> None:
    """Models of others."""


@weights.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A checkpoint of Detectron2 or LayoutParser: .pkl or .pth.")],
    config: Annotated[Path, typer.Option(help="Its Detectron2 configuration (YAML).")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for model.onnx and model.safetensors.")],
    labels: Annotated[str | None, typer.Option(help="Names of its classes, separated by commas.")] = None,
) -> None:
    """Turns a Detectron2 Faster R-CNN into a docmarks model; Detectron2 is not needed."""
    from docmarks.zoo.import_model import import_model

    names = None if labels is None else [label.strip() for label in labels.split(",")]
    for message in import_model(file, config, out, names):
        print(message)
    print(out / "model.onnx")
    print(out / "model.safetensors")
