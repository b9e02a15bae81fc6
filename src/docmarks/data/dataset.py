"""A data set: pages with their marks, and what is fully annotated on each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark, Page


@dataclass(frozen=True)
class DatasetPage:
    """One annotated page.

    Attributes:
        file: Its image.
        page: Size and marks; ``Mark.ignore`` where the annotator was uncertain.
        group: Pages of one document or form share it; a split never parts them.
        exhaustive: Labels that are fully annotated here. For any other an unboxed region is unknown.
        extra: Keys of the image record that are nobody's but the user's.
        part: "train", "val" or "test" where the data set says so; empty leaves it to the group's hash.
        identifier: The image's id in the data set's file, by which predictions name it; None if there is none.
    """

    file: Path
    page: Page
    group: str
    exhaustive: frozenset[str]
    extra: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    identifier: int | str | None = field(default=None, compare=False)

    @property
    def number(self) -> int:
        """Place in its file, from 1, for a PDF or a TIFF of several pages; of an image alone, perhaps in another.

        ``read_page.in_place`` tells which.
        """
        return self.page.number

    @property
    def name(self) -> str:
        """Its file, with its place there from the second on."""
        return str(self.file) if self.number == 1 else f"{self.file} page {self.number}"

    @property
    def is_its_own_document(self) -> bool:
        """Whether its group is called after its file: nobody has said which pages belong together."""
        return f"/{self.file.as_posix()}".endswith(f"/{self.group}")

    def relabel(self, label_set: LabelSet) -> DatasetPage:
        """The page in the labels of a set; a box that the set drops becomes an ignored region."""
        marks = tuple(relabel(mark, label_set) for mark in self.page.marks)
        return replace(self, page=replace(self.page, marks=marks), exhaustive=label_set.exhaustive(self.exhaustive))


@dataclass(frozen=True)
class Dataset:
    """Pages that were annotated together.

    Attributes:
        root: Folder that image names are relative to.
        name: Of the set.
        pages: The pages.
        info: The file's ``info``: licence, source and the like.
        categories: The file's categories, by which predictions name their labels: identifier to source label.
    """

    root: Path
    name: str
    pages: tuple[DatasetPage, ...]
    info: Mapping[str, Any] = field(default_factory=dict)
    categories: Mapping[int | str, str] = field(default_factory=dict, compare=False)

    def relabel(self, label_set: LabelSet) -> Dataset:
        """Every page in the labels of a set."""
        return replace(self, pages=tuple(page.relabel(label_set) for page in self.pages))

    def completed(self, names: Collection[str], label_set: LabelSet) -> Dataset:
        """``complete``, if the set's name is among them."""
        return self.complete(label_set) if self.name in names else self

    def complete(self, label_set: LabelSet) -> Dataset:
        """The set, in source labels, taken as fully annotated for every label, those of a label set too."""
        everything = frozenset((*LABELS, *self.categories.values(), *label_set.labels))
        return replace(self, pages=tuple(replace(page, exhaustive=everything) for page in self.pages))


def group_of(record: Mapping[str, Any]) -> str:
    """The document that an image record belongs to: its own group, else its file is one."""
    return str(record.get("group", record.get("file_name")))


def page_number(record: Mapping[str, Any]) -> int:
    """The place that an image record gives its page in the file, from 1."""
    number = record.get("page")
    return number if isinstance(number, int) and number >= 1 else 1


def relabel(mark: Mark, label_set: LabelSet) -> Mark:
    """One mark in the labels of a set."""
    labels = label_set.apply(mark.labels).labels
    return Mark(mark.box, labels, ignore=mark.ignore or not labels)
