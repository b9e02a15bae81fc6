"""`docmarks evaluate`."""

from __future__ import annotations

import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docmarks.errors import DocmarksError

if TYPE_CHECKING:
    from docmarks.data.dataset import Dataset
    from docmarks.evaluate.evaluation import Evaluation


class Part(str, Enum):
    """Which documents of each set."""

    validation = "validation"
    test = "test"
    all = "all"


def evaluate(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL DATA...",
            help="default, a model file or a run folder; then data sets: folders with annotations.json. "
            "With --predictions data sets only.",
        ),
    ],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for the numbers, as files.")] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(help="Judge these instead of a model: COCO results, or what `docmarks detect` wrote."),
    ] = None,
    part: Annotated[Part, typer.Option(help="Which documents of each set.")] = Part.validation,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write metrics.json here.")] = None,
) -> None:
    """Measures a model, or any detector's output, on annotated pages.

    Prints AP and AR of every label on every set; -o writes metrics.json, CSV and predictions.json.
    """
    from docmarks.data.coco_file import read
    from docmarks.evaluate.tables import print_evaluation
    from docmarks.results.atomic import make_folder, write_json
    from docmarks.results.evaluation_files import write_evaluation

    if predictions is None and len(what) < 2:
        raise DocmarksError(f"{what[0]}: name a model and then data sets, or --predictions FILE and data sets")
    for folder in (out, json_file.parent if json_file is not None else None):
        if folder is not None:
            make_folder(folder)  # better told now than after the work
    datasets = [read(Path(folder)) for folder in (what if predictions is not None else what[1:])]
    if predictions is None:
        evaluation = _run(what[0], datasets, part.value, out)
    else:
        evaluation = _judge(predictions, datasets, part.value)
    if out is not None:
        write_evaluation(evaluation, out)
    if json_file is not None:
        write_json(json_file, evaluation.to_json())
    print_evaluation(evaluation)


def _judge(predictions: Path, datasets: list[Dataset], part: str) -> Evaluation:
    from docmarks.evaluate.run import evaluate_predictions
    from docmarks.results.predictions_file import read_predictions

    given = read_predictions(predictions, datasets)
    for note in given.notes:
        print(f"docmarks: {predictions}: {note}", file=sys.stderr)
    return evaluate_predictions(
        given.found, datasets, given.label_set, given.labels, given.thresholds, part, given.model
    )


def _run(model: str, datasets: list[Dataset], part: str, out: Path | None) -> Evaluation:
    from docmarks.cli.progress import page_bar
    from docmarks.evaluate.run import evaluate_detector
    from docmarks.results.journal import FILE, JournalFile, fingerprint
    from docmarks.runtime.detector import Detector, model_file
    from docmarks.runtime.pages import streams_for

    file = model_file(None if model == "default" else Path(model))
    detector = Detector.load(file, streams=streams_for(sum(len(dataset.pages) for dataset in datasets)))
    if out is None:
        return evaluate_detector(detector, datasets, part, page_bar)
    with JournalFile(out / FILE, fingerprint(file), detector.labels) as journal:
        return evaluate_detector(detector, datasets, part, page_bar, journal)
