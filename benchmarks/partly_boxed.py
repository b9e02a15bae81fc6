"""Data sets as if fewer labels had been boxed: what partial labels look like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docmarks.data.coco_file import write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.split import fraction
from docmarks.labels.label_set import LabelSet


def one_label_each(dataset: Dataset, label_set: LabelSet, folder: Path) -> Path:
    """Each document boxed for one label alone: one of those that the set has, by a hash of its group."""
    marks = [mark for page in dataset.pages for mark in page.page.marks if not mark.ignore]
    labels = sorted({label for mark in marks for label in label_set.apply(mark.labels).labels})
    pages = []
    for page in dataset.pages:
        label = labels[int(fraction(f"label of {page.group}") * len(labels))]
        pages.append(_only(page, {label}, label_set))
    return _write(dataset, pages, folder)


def boxed_for(dataset: Dataset, labels: set[str], label_set: LabelSet, folder: Path) -> Path:
    """The whole set boxed for these labels alone."""
    return _write(dataset, [_only(page, labels, label_set) for page in dataset.pages], folder)


def _only(page: DatasetPage, labels: set[str], label_set: LabelSet) -> DatasetPage:
    """Other boxes are left out, and these labels alone are fully annotated, if they were. Uncertain boxes stay."""
    marks = (mark for mark in page.page.marks if mark.ignore or labels & set(label_set.apply(mark.labels).labels))
    known = page.exhaustive & {source for label in labels for source in label_set.sources(label)}
    return replace(page, page=replace(page.page, marks=tuple(marks)), exhaustive=known)


def _write(dataset: Dataset, pages: list[DatasetPage], folder: Path) -> Path:
    """A new file, in source labels; the images stay where they are."""
    file = folder / f"{dataset.name}.json"
    write(replace(dataset, pages=tuple(pages)), file)
    return file
