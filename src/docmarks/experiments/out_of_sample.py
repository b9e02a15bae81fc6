"""What a detector finds on pages that it has not been trained on, for every page of a data set: k-fold.

A model has learnt its training labels, wrong ones too, and so accuses none of them. Here the documents are dealt out
into K folds; K models are trained, each without one fold, and each fold is judged by the model that has not seen it.
"""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from docmarks.data.coco_file import FILE, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.read_page import read_page
from docmarks.data.split import fraction
from docmarks.errors import DocmarksError
from docmarks.evaluate.run import AnyDetector
from docmarks.experiments.run import Request, Watched, resume, run
from docmarks.files.atomic import make_folder, write_bytes, write_text
from docmarks.files.npz_file import read_npz
from docmarks.marks import Detections
from docmarks.runtime.detector import Detector
from docmarks.train.run_folder import RunFolder

Learn = Callable[[Sequence[Path], Path], AnyDetector]
"""Given data folders and a run folder, trains on their training parts, or goes on training, and loads the result."""

Progress = Callable[[Sequence[int]], Iterable[int]]


@dataclass(frozen=True)
class Training:
    """Trains a fold's model, as `docmarks train` does.

    Attributes:
        config: YAML; None takes a recipe that ships.
        start: Weights to begin from, as `docmarks train --from` has them. They must not have seen the pages.
        changes: Keys of the configuration to change.
        watch: Makes a progress bar.
    """

    config: Path | None = None
    start: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    watch: Watched | None = None

    @property
    def how(self) -> str:
        """What would make another model of the same data."""
        named = self.config is not None and self.config.is_file()
        text = self.config.read_text(encoding="utf-8", errors="replace") if self.config is not None and named else ""
        return f"{self.start} {self.changes}\n{text}"

    def __call__(self, data: Sequence[Path], folder: Path) -> Detector:
        """See ``Learn``."""
        if RunFolder(folder).last.exists():
            resume(folder, {}, False, self.watch, None)
        else:
            run(Request(tuple(data), self.config, folder, self.start, None, self.changes), self.watch)
        return Detector.load(folder)


def out_of_sample(
    datasets: Sequence[Dataset], folds: int, out: Path, learn: Learn, progress: Progress = iter, how: str = ""
) -> list[Detections]:
    """Detections on every page, by a model that has not seen its document.

    Each fold has a folder in ``out``: the data with the parts of that fold, its run, and what was found. A fold that is
    finished is not done again; one that was interrupted goes on.

    Args:
        datasets: In source labels.
        folds: How many.
        out: Folder for the folds.
        learn: Trains one model.
        progress: Wraps the pages of a fold, to show a bar.
        how: What the training is given beside the data.

    Raises:
        DocmarksError: There are too few documents, or ``out`` holds the folds of other data or of another training.
    """
    pages = [page for dataset in datasets for page in dataset.pages]
    of_page = np.array([fold_of(page, folds) for page in pages], np.int64)
    if set(of_page.tolist()) != set(range(folds)):
        raise DocmarksError(f"{len({page.group for page in pages})} documents do not fill {folds} folds; use fewer")
    found: dict[int, Detections] = {}
    for fold in range(folds):
        folder = run_of(out, fold, folds).parent
        data, mark = _write_data(datasets, fold, folds, folder)
        _trained_so(folder, how)
        mine = [int(n) for n in np.flatnonzero(of_page == fold)]
        file = folder / "predictions.npz"
        if not file.exists():
            detector = learn(data, run_of(out, fold, folds))
            _save([detector(read_page(pages[number])) for number in progress(mine)], mark, detector.labels, file)
        found.update(zip(mine, _load(file, mark), strict=True))
    return [found[number] for number in range(len(pages))]


def run_of(out: Path, fold: int, folds: int) -> Path:
    """The run folder of a fold, from 0."""
    return out / f"fold-{fold + 1}-of-{folds}" / "run"


def fold_of(page: DatasetPage, folds: int) -> int:
    """The fold of a page, by its document: the same on every machine, and a page that is added moves no other."""
    return int(fraction("fold " + page.group) * folds)


def _write_data(datasets: Sequence[Dataset], fold: int, folds: int, folder: Path) -> tuple[list[Path], str]:
    """Data sets in which all but the fold is for training, and a digest of what they say.

    The fold is no validation part either: which weights are kept must not depend on its labels.
    """
    written, digest = [], hashlib.sha256()
    for number, dataset in enumerate(datasets):
        place = folder / "data" / str(number)
        make_folder(place)
        parts = tuple(replace(page, part="test" if fold_of(page, folds) == fold else "train") for page in dataset.pages)
        write(replace(dataset, pages=parts), place / FILE)
        digest.update((place / FILE).read_bytes())
        written.append(place)
    return written, digest.hexdigest()


def _trained_so(folder: Path, how: str) -> None:
    """Notes what the fold is trained with, or compares it with what was noted."""
    file = folder / "training.txt"
    if file.exists() and file.read_text(encoding="utf-8") != how:
        raise DocmarksError(
            f"{folder}: was trained in another way (--config, --from, --max-steps); choose another -o, or remove it"
        )
    write_text(file, how)


def _save(found: Sequence[Detections], mark: str, labels: Sequence[str], file: Path) -> None:
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        data=mark,
        labels=np.array(labels),
        starts=np.cumsum([0, *(len(one) for one in found)]),
        boxes=np.concatenate([one.boxes for one in found]),
        scores=np.concatenate([one.scores for one in found]),
    )
    write_bytes(file, buffer.getvalue())


def _load(file: Path, mark: str) -> list[Detections]:
    needed = ("data", "labels", "starts", "boxes", "scores")
    kept = read_npz(file, "what was found on a fold", "remove it, and the fold is done again", needed)
    data, labels, starts, boxes, scores = (kept[name] for name in needed)
    if str(data) != mark:
        raise DocmarksError(f"{file}: the annotations have changed since; choose another -o, or remove {file.parent}")
    names = tuple(labels.tolist())
    return [Detections(boxes[a:b], scores[a:b], names) for a, b in itertools.pairwise(starts.tolist())]
