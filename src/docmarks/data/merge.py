"""Several data sets as one manifest; images stay where they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.joined import joined
from docmarks.errors import DocmarksError

SET = "set"
"""Key of an image record: the name of the set that it came from."""


def merge(datasets: Sequence[Dataset], name: str, root: Path) -> Dataset:
    """One data set of all pages; each page says itself what is fully annotated on it.

    A page of two sets gets the marks of both (``joined``) and stays where the first has it. So the documents that the
    sets have it in are one, which is called as the first of them that is not just called after a file.

    Args:
        datasets: In source labels, each label spelled alike in all of them.
        name: Of the new set.
        root: Its folder.

    Raises:
        DocmarksError: Two sets disagree on a page that is in both.
    """
    pages: dict[tuple[Path, int], DatasetPage] = {}
    documents = _Documents()
    for dataset in datasets:
        for page in dataset.pages:
            key, named = _key(page), replace(page, extra={SET: dataset.name, **page.extra})
            if key in pages:
                documents.join(pages[key], named)
                named = joined(pages[key], named)
            pages[key] = named
    pages = {key: replace(page, group=documents.of(page.group)) for key, page in pages.items()}
    _in_one_part(pages.values())
    sources = [{**dataset.info, "name": dataset.name, "pages": len(dataset.pages)} for dataset in datasets]
    return Dataset(root, name, tuple(pages.values()), {"sources": sources})


class _Documents:
    """Groups that are one document."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def of(self, group: str) -> str:
        """The group that stands for it."""
        while group in self._first:
            group = self._first[group]
        return group

    def join(self, one: DatasetPage, other: DatasetPage) -> None:
        """Two records of one page: their groups are one."""
        first, second = self.of(one.group), self.of(other.group)
        if first != second:
            told, untold = (second, first) if one.is_its_own_document else (first, second)
            self._first[untold] = told


def _in_one_part(pages: Iterable[DatasetPage]) -> None:
    parts: dict[str, DatasetPage] = {}
    for page in pages:
        other = parts.setdefault(page.group, page) if page.part else page
        if other.part != page.part:
            raise DocmarksError(
                f"{page.name}: is for {page.part}, and {other.name} of the same document ({page.group}) for "
                f"{other.part}; take `split` out of one"
            )


def shared_groups(datasets: Sequence[Dataset]) -> dict[str, list[str]]:
    """Groups with pages of their own in several sets, and these sets: one document, or two that are called alike."""
    names: dict[str, dict[str, None]] = defaultdict(dict)
    known: set[tuple[Path, int]] = set()
    for dataset in datasets:
        here = {_key(page): page.group for page in dataset.pages}
        for key, group in here.items():
            if key not in known:
                names[group][dataset.name] = None
        known |= here.keys()
    return {group: list(sets) for group, sets in names.items() if len(sets) > 1}


def _key(page: DatasetPage) -> tuple[Path, int]:
    """By which a page is the same in several sets."""
    return page.file.resolve(), page.number
