"""`docmarks evaluate`."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docmarks.cli.seeing import Accurate, AutoRotate, CrossNMS, Fast, OnDevice, Tiles, Where, sizes_of
from docmarks.errors import DocmarksError
from docmarks.evaluate.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docmarks.data.dataset import Dataset
    from docmarks.evaluate.diagnose import Diagnosis
    from docmarks.evaluate.evaluation import Evaluation
    from docmarks.model.config import ModelConfig


def evaluate(
    model: Annotated[
        str, typer.Argument(help="default, a model file or a run folder; with --predictions the first data set.")
    ],
    data: Annotated[list[Path] | None, typer.Argument(help="Data sets: folders with annotations.json.")] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for the numbers, as files.")] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(help="Judge these instead of a model: COCO results, or what `docmarks detect` wrote."),
    ] = None,
    part: Annotated[Part, typer.Option(help="Which documents of each set.")] = Part.validation,
    tiles: Tiles = 1,
    cross_nms: CrossNMS = None,
    fast: Fast = False,
    accurate: Accurate = False,
    auto_rotate: AutoRotate = True,
    device: OnDevice = Where.cpu,
    label_set: Annotated[
        str | None, typer.Option(help="Of the labels of --predictions [default: the run's that wrote them].")
    ] = None,
    target_precision: Annotated[
        float | None, typer.Option(min=0, max=1, help="Also the minimum scores that reach this precision.")
    ] = None,
    store: Annotated[
        bool, typer.Option("--store", help="Store the minimum scores of the best F1, or of --target-precision.")
    ] = False,
    slices: Annotated[bool, typer.Option("--slices", help="Also by size of box, quality of scan, document.")] = False,
    diagnosed: Annotated[
        bool, typer.Option("--diagnose", help="Also why labels are not found, a verdict a label.")
    ] = False,
    train: Annotated[
        list[Path] | None, typer.Option(help="Data sets that the model was trained on, for --diagnose.")
    ] = None,
    by: Annotated[list[str] | None, typer.Option(help="Slice by this key of the image records, too.")] = None,
    complete: Annotated[
        list[str] | None,
        typer.Option("--assume-exhaustive", help="Take this set, by name, as fully annotated for every label."),
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Also write metrics.json here.")] = None,
) -> None:
    """Measures a model, or any detector's output, on annotated pages.

    Prints AP and AR of every label on every set; -o writes metrics.json, CSV, predictions.json
    and evaluation.html, a page to read.
    """
    from docmarks.cli.progress import page_bar
    from docmarks.data.coco_file import read
    from docmarks.evaluate.slices import slices as find_slices
    from docmarks.evaluate.slices import worst_groups
    from docmarks.evaluate.tables import diagnosis_table, group_table, print_evaluation, slice_table
    from docmarks.files.atomic import make_folder, write_json
    from docmarks.messages.console import wide_console
    from docmarks.messages.say import not_installed, say
    from docmarks.results.evaluation_files import write_evaluation
    from docmarks.results.measure import Seeing, measure_model, measure_predictions
    from docmarks.runtime.cross_label_nms import CrossLabelNMS
    from docmarks.weights import ships

    folders = [*([] if predictions is None else [Path(model)]), *(data or [])]
    if not folders:
        raise DocmarksError(f"{model}: name a model and then data sets, or --predictions FILE and data sets")
    if store and (predictions is not None or ships(Path(model))):
        raise DocmarksError("--store needs a model of yours; for another use `docmarks thresholds MODEL metrics.json`")
    if predictions is not None and (fast or accurate or tiles != 1 or not auto_rotate):
        raise DocmarksError("--fast, --accurate, --tiles, --no-auto-rotate: of a model; with --predictions none runs")
    sizes = sizes_of(fast, accurate)
    for target in (out, json_file.parent if json_file is not None else None):
        if target is not None:
            make_folder(target)  # better told now than after the work
    if diagnosed and tiles > 1:
        raise DocmarksError("--diagnose tells of pages that are seen as a whole; leave --tiles out")
    datasets = [read(folder) for folder in folders]
    whole = _known(complete or (), datasets)
    training = [read(folder) for folder in train or ()]
    between = None if cross_nms is None else CrossLabelNMS.load(cross_nms)
    config = None
    if predictions is None:
        seeing = Seeing(sizes, tiles, auto_rotate, device.value)
        found, config = measure_model(model, datasets, part.value, page_bar, out, seeing, between, whole)
    else:
        scans = page_bar if slices else None  # scans can be told apart by their images only
        found = measure_predictions(predictions, datasets, part.value, say, label_set, scans, whole)
    found = replace(found, target_precision=target_precision)
    evaluation = found if between is None else found.suppressed(between)
    parts = find_slices(evaluation, by or ()) if slices or by else []
    groups = worst_groups(evaluation) if parts else []
    verdicts = _diagnosis(evaluation, config, training, max(sizes)) if diagnosed else {}
    more = {
        "slices": [one.to_json() for one in parts],
        "groups": [asdict(one) for one in groups],
        "diagnosis": {label: one.to_json() for label, one in verdicts.items()},
        **({} if between is None else {"cross_nms": between.to_json()}),
    }
    if out is not None:
        write_evaluation(evaluation, out, more)
    if json_file is not None:
        write_json(json_file, evaluation.to_json() | more)
    print_evaluation(evaluation)
    if parts:
        console = wide_console()
        console.print(slice_table(parts))
        console.print(group_table(groups))
    if verdicts:
        wide_console().print(diagnosis_table(verdicts))
    if store:
        _store(model, evaluation)
    if out is not None:
        try:
            from docmarks.report.evaluation_page import write_page
        except ImportError as error:  # the core install has none of what reports need; the numbers are written
            say(f"{out}: the numbers, without evaluation.html ({not_installed(error)})")
            return
        sets = ", ".join(result.name for result in evaluation.results)
        title = f"{evaluation.model or 'Evaluation'}: {sets}"
        unsuppressed = None if between is None else found
        print(write_page(evaluation, out, title=title, unsuppressed=unsuppressed, progress=page_bar))


def _known(names: Sequence[str], datasets: list[Dataset]) -> Sequence[str]:
    """The names, which are all of sets.

    Raises:
        DocmarksError: There is no set of that name.
    """
    known = [dataset.name for dataset in datasets]
    for name in names:
        if name not in known:
            raise DocmarksError(f"--assume-exhaustive {name}: no such set; they are called {', '.join(known)}")
    return names


def _diagnosis(
    evaluation: Evaluation, config: ModelConfig | None, training: list[Dataset], size: float
) -> dict[str, Diagnosis]:
    from docmarks.data.split import pages_of
    from docmarks.evaluate.diagnose import diagnose

    seen = [pages_of(dataset, "train").relabel(evaluation.label_set) for dataset in training]
    return diagnose(evaluation, config, seen, size)


def _store(model: str, evaluation: Evaluation) -> None:
    from docmarks.evaluate.show_thresholds import print_stored
    from docmarks.runtime.store import store_thresholds

    chosen = evaluation.target_thresholds or evaluation.best_thresholds
    measured = {label: found.score for label, found in chosen.items() if found.told}
    print_stored(store_thresholds(Path(model), measured, sizes=evaluation.sizes))
