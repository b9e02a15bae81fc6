"""`docmarks port-check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def port_check(
    first: Annotated[Path, typer.Argument(help="A model folder, a checkpoint, or stored stages (.npz).")],
    second: Annotated[Path | None, typer.Argument(help="The other one.")] = None,
    image: Annotated[Path | None, typer.Option(help="The page that models look at.")] = None,
    save: Annotated[Path | None, typer.Option(help="Store the first one's stages here (.npz).")] = None,
) -> None:
    """Shows the first stage at which two models part: pre-processing, features, proposals, predictions."""
    from rich.table import Table

    from docmarks.errors import DocmarksError
    from docmarks.messages.console import wide_console
    from docmarks.zoo.port_check import compare, stages_of
    from docmarks.zoo.port_check import save as store

    if second is None and save is None:
        raise DocmarksError("port-check needs a second model to compare with, or --save FILE")
    ours = stages_of(first, image)
    if save is not None:
        store(ours, save)
        print(save)
    if second is None:
        return
    found = compare(ours, stages_of(second, image))
    table = Table("stage", "shape", "largest difference", "largest value", "")
    for stage in found:
        shape = "x".join(map(str, stage.shapes[0]))
        other = "x".join(map(str, stage.shapes[1]))
        told = shape if shape == other else f"{shape} / {other}"
        table.add_row(stage.name, told, f"{stage.largest:.2e}", f"{stage.scale:.3g}", "parted" if stage.parted else "")
    wide_console().print(table)
    parted = next((stage for stage in found if stage.parted), None)
    print("the two agree" if parted is None else f"they part at {parted.name}: {parted.largest:.3g}")
    if parted is not None:
        raise typer.Exit(1)
