"""Hard negatives: what a model finds again and again where nothing is, as a label of its own for the next training."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from docmarks.data.coco_file import FILE, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.read_page import read_page
from docmarks.data.split import part_of
from docmarks.errors import DocmarksError
from docmarks.evaluate.false_positives import FalsePositive, Recurring, false_positives, recurring
from docmarks.evaluate.run import AnyDetector
from docmarks.files.atomic import make_folder, write_text
from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark
from docmarks.report.mined_page import mined_page

LABEL_SET, REVIEW = "label-set.yaml", "review.html"

Progress = Callable[[Sequence[DatasetPage]], Iterable[DatasetPage]]


def find(
    detector: AnyDetector,
    datasets: Sequence[Dataset],
    min_score: float | None,
    documents: int,
    progress: Progress = iter,
) -> list[Recurring]:
    """Recurring false positives on the training pages; the others are never looked at.

    Args:
        detector: The model.
        datasets: In source labels.
        min_score: One minimum for all labels; None takes the model's own.
        documents: In at least so many documents.
        progress: Wraps the pages, to show a bar.

    Raises:
        DocmarksError: There is no training page, or one cannot be read.
    """
    label_set = LabelSet.load(getattr(detector, "label_set", "default"))
    thresholds = detector.thresholds if min_score is None else [min_score] * len(detector.labels)
    pages = [page for dataset in datasets for page in dataset.pages if part_of(page) == "train"]
    if not pages:
        raise DocmarksError(f"{', '.join(str(d.root) for d in datasets)}: no training pages to mine")
    found: list[FalsePositive] = []
    for page in progress(pages):
        image = read_page(page)
        found += false_positives(page, image, detector(image).marks(thresholds), label_set)
    return recurring(found, documents)


def mined(datasets: Sequence[Dataset], groups: Sequence[Recurring], label: str) -> Dataset:
    """All pages of the data sets, with what recurs as marks of ``label``, which is complete on the training pages.

    Its other pages stay as they were, each in its part. It takes the place of the sets it was made from.
    """
    added: dict[tuple[Path, int], list[Mark]] = {}
    for group in groups:
        for one in group.found:
            added.setdefault((one.page.file, one.page.number), []).append(Mark(one.mark.box, (label,)))
    pages = []
    for number, dataset in enumerate(datasets):
        for page in dataset.pages:
            part = part_of(page)
            marks = (*page.page.marks, *added.get((page.file, page.number), ()))
            exhaustive = page.exhaustive | ({label} if part == "train" else set())
            document = page.group if len(datasets) == 1 else f"{number} {page.group}"
            pages.append(
                replace(page, page=replace(page.page, marks=marks), part=part, exhaustive=exhaustive, group=document)
            )
    first = datasets[0]
    return Dataset(first.root, f"{first.name}-mined", tuple(pages), {"mined_from": [d.name for d in datasets]})


def with_label(label_set: LabelSet, label: str) -> LabelSet:
    """The label set and one label more, which only itself becomes."""
    changes = {
        "name": f"{label_set.name}+{label.lower().replace(' ', '-')}",
        "labels": (*label_set.labels, label),
        "merge": {**label_set.merge, label: (label,)},
    }
    return label_set.model_copy(update=changes)


def write_mined(
    out: Path,
    datasets: Sequence[Dataset],
    groups: Sequence[Recurring],
    without: Sequence[int],
    label: str,
    label_set: LabelSet,
) -> tuple[int, int]:
    """Writes ``annotations.json``, ``label-set.yaml`` and ``review.html``; the images stay where they are.

    Args:
        out: Folder.
        datasets: That were mined.
        groups: What was found.
        without: Numbers of groups, from 1, that are left out.
        label: What they are called.
        label_set: Of the model.

    Returns:
        How many groups and boxes went into the data set.

    Raises:
        DocmarksError: A number is of no group, the label is one of the set's own, or something cannot be written.
    """
    if label in (*LABELS, *label_set.labels):
        raise DocmarksError(f"--label {label}: is a label of marks already; choose another")
    for number in without:
        if not 1 <= number <= len(groups):
            told = f"there are groups 1 to {len(groups)}" if groups else "there is no group"
            raise DocmarksError(f"--without {number}: {told}")
    kept = [group for number, group in enumerate(groups, start=1) if number not in without]
    if any(out.resolve() == dataset.root.resolve() for dataset in datasets):
        raise DocmarksError(f"{out}: is the data set that is mined; choose another -o, the images stay where they are")
    make_folder(out)
    write(mined(datasets, kept, label), out / FILE)
    rules = with_label(label_set, label).model_dump(mode="json", exclude_defaults=True)
    write_text(out / LABEL_SET, yaml.safe_dump(rules, sort_keys=False, allow_unicode=True))
    name = ", ".join(dataset.name for dataset in datasets)
    write_text(out / REVIEW, mined_page(groups, without, label, name))
    return len(kept), sum(len(group.found) for group in kept)
