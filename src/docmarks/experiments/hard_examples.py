"""Reads where a model erred on the training pages, as `docmarks evaluate --part train` leaves it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from docmarks.data.dataset import Dataset
from docmarks.errors import DocmarksError
from docmarks.evaluate.mistakes import Mistake, mistakes
from docmarks.evaluate.run import choose
from docmarks.files.atomic import write_json
from docmarks.results.evaluation_files import PREDICTIONS
from docmarks.results.predictions_file import read_predictions
from docmarks.train.config import TrainConfig
from docmarks.train.prepare import label_set_of
from docmarks.train.samples.hard_examples import Mistakes


def read_mistakes(files: Sequence[Path], datasets: Sequence[Dataset], config: TrainConfig) -> Mistakes:
    """What any detector did wrong on the training pages; what it did on other pages is not looked at.

    A page without a single detection, however faint, counts as one that it has not seen.

    Args:
        files: Folders of evaluations, or files of predictions; of two on one page the last counts. None is no mistake.
        datasets: To train on, in source labels.
        config: Of the run: its labels are judged.

    Raises:
        DocmarksError: A file cannot be read, is of other data sets, or knows no mistake on a training page.
    """
    known: dict[tuple[Path, int], Sequence[Mistake]] = {}
    if not files:
        return known
    label_set = label_set_of(config)
    training = choose(datasets, label_set, "train", config.assume_exhaustive)
    for file in files:
        path = file / PREDICTIONS if (file / PREDICTIONS).is_file() else file
        predictions = read_predictions(path, datasets, label_set)
        own: dict[tuple[Path, int], Sequence[Mistake]] = {}
        for dataset in training:
            seen = [page for page in dataset.pages if (page.file, page.number) in predictions.found]
            found = [predictions.found[page.file, page.number] for page in seen]
            each = mistakes(found, seen, label_set.labels)
            own |= {(page.file, page.number): its for page, its in zip(seen, each, strict=True)}
        if not any(own.values()):
            raise DocmarksError(f"{path}: no mistake on a training page; make it with `docmarks evaluate --part train`")
        known |= own
    return known


def write_mistakes(known: Mistakes, path: Path) -> None:
    """Keeps them with a run: the evaluation may be another when the run is resumed.

    Raises:
        DocmarksError: The disk is full.
    """
    pages = [
        {"file": str(file), "number": number, "mistakes": [astuple(mistake) for mistake in own]}
        for (file, number), own in known.items()
    ]
    write_json(path, {"pages": pages})


def written_mistakes(path: Path) -> Mistakes:
    """What ``write_mistakes`` wrote; none if it wrote nothing.

    Raises:
        DocmarksError: The file is broken.
    """
    if not path.exists():
        return {}
    try:
        pages = json.loads(path.read_text(encoding="utf-8"))["pages"]
        return {
            (Path(page["file"]), int(page["number"])): tuple(
                Mistake(tuple(box), label, size) for box, label, size in page["mistakes"]
            )
            for page in pages
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DocmarksError(f"{path}: not the hard examples of a run; start a new one") from error
