"""`docmarks evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def evaluate(
    model: Annotated[str, typer.Argument(help="default, a model file, or a run folder.")],
    data: Annotated[list[Path], typer.Argument(help="Data sets: folders with annotations.json.")],
    part: Annotated[Literal["validation", "all"], typer.Option(help="Which documents of each set.")] = "validation",
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the numbers here.")] = None,
) -> None:
    """Measures a model on annotated pages: AP50 and AP of every label on every set."""
    from docmarks.cli.progress import page_bar
    from docmarks.data.coco_file import read
    from docmarks.evaluate.run import evaluate_detector
    from docmarks.evaluate.tables import precision_table, threshold_table
    from docmarks.results.atomic import write_json
    from docmarks.runtime.detector import Detector

    detector = Detector.load(None if model == "default" else Path(model))
    evaluation = evaluate_detector(detector, [read(folder) for folder in data], part, page_bar)
    if json_file is not None:
        write_json(json_file, evaluation.to_json())
    from rich.console import Console

    console = Console()
    console.print(precision_table(evaluation))
    console.print(threshold_table(evaluation))
    false, n_empty = evaluation.false_per_empty_page()
    if n_empty:
        console.print(f"{false:.2f} marks found a page without any ({n_empty} such pages)")
