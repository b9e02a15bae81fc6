"""From a configuration and data folders to training samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docmarks.data.coco_file import read
from docmarks.data.split import split
from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.synth.ink.library import InkLibrary
from docmarks.train.config import TrainConfig
from docmarks.train.samples.hard_examples import NONE, Mistakes
from docmarks.train.samples.imbalance import rebalanced, with_label_weights
from docmarks.train.samples.source_page import SourcePage
from docmarks.train.samples.stream import PageMaker, Samples


def prepare(
    config: TrainConfig,
    folders: Sequence[Path],
    made: PageMaker | None,
    ink: InkLibrary,
    mistakes: Mistakes = NONE,
) -> Samples:
    """The training part of the data folders, with pasted ink and pages from nothing.

    The samples' ``config`` is the run's, with what follows from the data filled in. Where ``mistakes`` of a model are
    known, crops are cut there too.

    Raises:
        DocmarksError: A folder is no data set, or nothing is left to train on.
    """
    label_set = label_set_of(config)
    pages = training_pages(config, folders, label_set)
    if not pages and made is None:
        raise DocmarksError("nothing to train on: name a data folder, or let ink.pages be over 0")
    pages = rebalanced(config, pages, label_set)
    return Samples(with_label_weights(config, pages, label_set), pages, label_set, ink, made, mistakes)


def label_set_of(config: TrainConfig) -> LabelSet:
    """The label set that the model's labels come from; they may stand in another order, as groups need it.

    Raises:
        DocmarksError: It has other labels.
    """
    label_set = LabelSet.load(config.model.label_set)
    if set(label_set.labels) != set(config.model.labels):
        raise DocmarksError(f"label set {label_set.name} has the labels {', '.join(label_set.labels)}, not the model's")
    return label_set


def training_pages(config: TrainConfig, folders: Sequence[Path], label_set: LabelSet) -> list[SourcePage]:
    """The training pages of all folders."""
    return [source for folder in folders for source in source_pages(config, folder, label_set)]


def source_pages(config: TrainConfig, folder: Path, label_set: LabelSet) -> list[SourcePage]:
    """The training pages of one data folder with their weight and what is known on them."""
    dataset = read(folder).completed(config.assume_exhaustive, label_set)
    training, _ = split(dataset)
    weight = config.set_weights.get(dataset.name, 1.0)
    return [SourcePage(page, label_set.exhaustive(page.exhaustive), weight) for page in training.pages if weight > 0]
