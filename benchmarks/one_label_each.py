"""A data set as if each document had been boxed for one label alone: partial labels at their worst."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docmarks.data.coco_file import write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.split import fraction
from docmarks.labels.label_set import LabelSet


def one_label_each(dataset: Dataset, label_set: LabelSet, folder: Path) -> Path:
    """Writes the set anew, in source labels, its images where they are.

    A document's label is one of those that the set boxes, by a hash of its group; boxes without it are left out, and it
    alone is fully annotated, if it was. Uncertain boxes stay.

    Returns:
        The new file.
    """
    marks = [mark for page in dataset.pages for mark in page.page.marks if not mark.ignore]
    labels = sorted({label for mark in marks for label in label_set.apply(mark.labels).labels})
    pages = []
    for page in dataset.pages:
        label = labels[int(fraction(f"label of {page.group}") * len(labels))]
        pages.append(_only(page, label, label_set))
    file = folder / f"{dataset.name}.json"
    write(replace(dataset, pages=tuple(pages)), file)
    return file


def _only(page: DatasetPage, label: str, label_set: LabelSet) -> DatasetPage:
    marks = tuple(mark for mark in page.page.marks if mark.ignore or label in label_set.apply(mark.labels).labels)
    return replace(page, page=replace(page.page, marks=marks), exhaustive=page.exhaustive & label_set.sources(label))
