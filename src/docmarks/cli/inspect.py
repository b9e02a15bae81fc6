"""`docmarks inspect`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from docmarks.report.anchor_coverage import Coverage


def inspect(
    page: Annotated[Path, typer.Argument(help="A document (its first page), or a data set for the anchors.")],
    model: Annotated[
        Path | None, typer.Option(help="A run or model folder, or a checkpoint [default: what ships].")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the pictures.")] = Path("inspect"),
    min_score: Annotated[float, typer.Option(min=0, max=1, help="Of the detections shown.")] = 0.5,
) -> None:
    """Draws what a model sees of a page; for a data set, how well its anchors fit the boxes."""
    from docmarks.data.coco_file import FILE, read
    from docmarks.weights import DEFAULT_WEIGHTS

    run = model or DEFAULT_WEIGHTS
    if page.suffix == ".json" or (page / FILE).is_file():
        from docmarks.labels.label_set import LabelSet
        from docmarks.report.anchor_coverage import coverage
        from docmarks.train.checkpoint import find_checkpoint, read_checkpoint

        config = read_checkpoint(find_checkpoint(run)).model
        dataset = read(page)
        if config.label_set:
            dataset = dataset.relabel(LabelSet.load(config.label_set))
        _print_coverage(coverage([dataset], config.input, config.anchors))
        return
    from docmarks.report.inspect_model import inspect_page

    for file in inspect_page(run, page, out, min_score):
        print(file)


def _print_coverage(found: Sequence[Coverage]) -> None:
    from rich.table import Table

    from docmarks.messages.console import wide_console

    table = Table("label", "boxes", "side px", "smallest 5 %", "mean IoU", "IoU >= 0.5", "p2 / p3 / p4 / p5")
    for one in found:
        levels = " / ".join(f"{100 * share:.0f}" for share in one.levels)
        sizes = (f"{one.side_px:.0f}", f"{one.smallest_px:.0f}")
        table.add_row(one.label, str(one.boxes), *sizes, f"{one.mean_iou:.2f}", f"{100 * one.covered:.0f} %", levels)
    wide_console().print(table)
