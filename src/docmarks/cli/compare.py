"""`docmarks compare`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docmarks.errors import DocmarksError
from docmarks.evaluate.part import Part
from docmarks.train.run_folder import RunFolder

REPORT = "report"
"""Folder of a run that holds its evaluation."""

if TYPE_CHECKING:
    from docmarks.data.dataset import Dataset
    from docmarks.evaluate.compare import Judged


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN...",
            help="Folders that `docmarks evaluate -o` wrote, or run folders with such a report; "
            "with --data also default, models and files of predictions.",
        ),
    ],
    data: Annotated[list[Path] | None, typer.Option(help="Data sets to judge models and predictions on.")] = None,
    part: Annotated[Part, typer.Option(help="Which documents of --data.")] = Part.validation,
    resamples: Annotated[int, typer.Option(min=10, help="Of the documents, for the intervals.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of the resampling.")] = 0,
    pages: Annotated[int, typer.Option(min=0, help="How many pages to name on which two runs differ.")] = 10,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write everything here.")] = None,
) -> None:
    """Compares models on the same pages: AP50 and AP with 95 % intervals, differences, and where they part."""
    from docmarks.cli.progress import page_bar
    from docmarks.evaluate.compare import compare
    from docmarks.evaluate.show_compare import print_comparison
    from docmarks.files.atomic import make_folder, write_json

    if len(runs) < 2:
        raise DocmarksError(f"{runs[0]}: name a second run to compare it with")
    if json_file is not None:
        make_folder(json_file.parent)
    datasets = _read(data or [])
    loaded = [_judged(run, name, datasets, part.value) for run, name in zip(runs, _names(runs), strict=True)]
    found = compare(loaded, resamples, seed, pages, partial(page_bar, description="resamples"))
    if json_file is not None:
        write_json(json_file, found.to_json())
    print_comparison(found)


def _read(folders: Sequence[Path]) -> list[Dataset]:
    from docmarks.data.coco_file import read

    return [read(folder) for folder in folders]


def _judged(run: Path, name: str, datasets: list[Dataset], part: str) -> Judged:
    """From the report that is there, else from predictions or a model on the data sets."""
    from docmarks.evaluate.compare import judged
    from docmarks.results.matches_file import FILE, read_matches
    from docmarks.runtime.model_file import RUN_MODELS
    from docmarks.weights import ships

    for folder in (run, run / REPORT, run.parent if run.is_file() else run):
        if not datasets and (folder / FILE).is_file():
            return read_matches(folder / FILE, name)
    shipped = ships(run)
    if not shipped and not run.exists():
        raise DocmarksError(f"{run}: no such file or folder")
    if not datasets:
        raise DocmarksError(
            f"{run}: holds no evaluation; write one with `docmarks evaluate {run} DATA -o {run / 'report'}`, "
            "or name the data sets with --data"
        )
    from docmarks.cli.progress import page_bar
    from docmarks.messages.say import say
    from docmarks.results.measure import measure_model, measure_predictions

    if not shipped and (
        run.suffix == ".json" or (run.is_dir() and not any((run / model).is_file() for model in RUN_MODELS))
    ):
        return judged(measure_predictions(run, datasets, part, say), name)
    print(f"{name}: running the model", file=sys.stderr)
    return judged(measure_model(str(run), datasets, part, page_bar)[0], name)


def _names(runs: Sequence[Path]) -> list[str]:
    """The shortest ends of the paths that tell the runs apart; of a report that of its folder."""
    places = []
    for run in runs:
        place = run.absolute()
        place = place.parent if place.name in ("metrics.json", "predictions.json", "matches.npz") else place
        of_run = place.name == REPORT and RunFolder(place.parent).config.exists()
        places.append((place.parent if of_run else place).parts)
    for n in range(1, max(len(one) for one in places) + 1):
        names = ["/".join(one[-n:]) for one in places]
        if len(set(names)) == len(names):
            return names
    raise DocmarksError(f"{runs[0]}: is named twice")
