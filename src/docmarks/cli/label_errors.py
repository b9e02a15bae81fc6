"""`docmarks data label-errors`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from docmarks.data.dataset import Dataset
    from docmarks.evaluate.evaluation import SetResult


class Method(str, Enum):
    """Ways to rank."""

    calibrated = "calibrated"
    objectlab = "objectlab"


def label_errors(
    sets: Annotated[list[Path], typer.Argument(help="Data sets: folders with annotations.json.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for what is found.")] = Path("errors"),
    model: Annotated[
        str, typer.Option(help="default, a model file, or a run folder; best one that has not seen these pages.")
    ] = "default",
    predictions: Annotated[
        Path | None, typer.Option(help="Instead of --model: COCO results, or what docmarks wrote.")
    ] = None,
    kfold: Annotated[
        int | None, typer.Option(min=2, help="Instead of --model: trains so many models, each without a part.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="For --kfold: configuration of the runs.")] = None,
    start: Annotated[
        str | None, typer.Option("--from", help="For --kfold: weights to start from, that have not seen the pages.")
    ] = None,
    max_steps: Annotated[int | None, typer.Option(help="For --kfold: optimizer steps of each run.")] = None,
    method: Annotated[Method, typer.Option(help="How to rank.")] = Method.calibrated,
    least: Annotated[float, typer.Option(min=0, max=1, help="Only suspects of at least so much doubt.")] = 0.2,
    most: Annotated[int, typer.Option(min=1, help="So many suspects, the most doubtful.")] = 1000,
) -> None:
    """Ranks annotations that are probably wrong: overlooked marks, badly located ones, swapped labels.

    Writes label_errors.csv, label_errors.json, a page of crops, and tasks.json to correct them in Label Studio.
    """
    from docmarks.cli.progress import page_bar
    from docmarks.data.coco_file import read
    from docmarks.errors import DocmarksError
    from docmarks.evaluate.label_errors import find
    from docmarks.files.atomic import make_folder
    from docmarks.messages.say import say
    from docmarks.report.label_errors_page import write_page
    from docmarks.results.label_error_files import write_suspects, write_tasks
    from docmarks.results.measure import measure_model, measure_predictions

    if predictions is not None and kfold is not None:
        raise DocmarksError("--predictions and --kfold are two ways to the same; give one of them")
    make_folder(out)  # better told now than after the work
    datasets = [read(folder) for folder in sets]
    if predictions is not None:
        result = measure_predictions(predictions, datasets, "all", say).pooled
    elif kfold is None:
        result = measure_model(model, datasets, "all", page_bar, out)[0].pooled
    else:
        result = _found_by_folds(datasets, kfold, config, start, max_steps, out)
    suspects = find(result.predictions, result.pages, result.labels, method.value)
    suspects = [suspect for suspect in suspects if suspect.doubt >= least][:most]
    pages = [page for dataset in datasets for page in dataset.pages]
    for path in (*write_suspects(suspects, pages, out), write_tasks(suspects, pages, result.labels, out)):
        print(path)
    title = "Label errors of " + ", ".join(dataset.name for dataset in datasets)
    print(write_page(suspects, result.pages, out, title=title, progress=page_bar))
    print(f"{len(suspects)} suspects on {len({suspect.page for suspect in suspects})} of {len(pages)} pages")


def _found_by_folds(
    datasets: list[Dataset], folds: int, config: Path | None, start: str | None, steps: int | None, out: Path
) -> SetResult:
    from docmarks.cli.progress import page_bar, step_bar
    from docmarks.evaluate.evaluation import SetResult
    from docmarks.experiments.out_of_sample import Training, out_of_sample, run_of
    from docmarks.labels.label_set import LabelSet
    from docmarks.runtime.detector import Detector

    training = Training(config, start, {} if steps is None else {"steps": steps}, step_bar)
    found = out_of_sample(datasets, folds, out / "folds", training, page_bar, training.how)
    detector = Detector.load(run_of(out / "folds", 0, folds))
    label_set = LabelSet.load(detector.label_set)
    pages = tuple(page for dataset in datasets for page in dataset.relabel(label_set).pages)
    return SetResult(", ".join(dataset.name for dataset in datasets), pages, tuple(found), detector.labels)
