"""`docmarks evaluate`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer


class Part(str, Enum):
    """Which documents of each set."""

    validation = "validation"
    test = "test"
    all = "all"


def evaluate(
    model: Annotated[str, typer.Argument(help="default, a model file, or a run folder.")],
    data: Annotated[list[Path], typer.Argument(help="Data sets: folders with annotations.json.")],
    part: Annotated[Part, typer.Option(help="Which documents of each set.")] = Part.validation,
    tiles: Annotated[
        float, typer.Option(min=1, max=8, help="See pages also in parts, so many times as large: for tiny marks.")
    ] = 1,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write the numbers here.")] = None,
) -> None:
    """Measures a model on annotated pages: AP50 and AP of every label on every set."""
    from docmarks.atomic import make_folder, write_json
    from docmarks.cli.progress import page_bar
    from docmarks.data.coco_file import read
    from docmarks.evaluate.run import evaluate_detector
    from docmarks.evaluate.tables import print_evaluation
    from docmarks.runtime.detector import Detector

    if json_file is not None:
        make_folder(json_file.parent)  # better told now than after the work
    datasets = [read(folder) for folder in data]
    detector = Detector.load(None if model == "default" else Path(model), tiles=tiles)
    evaluation = evaluate_detector(detector, datasets, part.value, page_bar)
    if json_file is not None:
        write_json(json_file, evaluation.to_json())
    print_evaluation(evaluation)
