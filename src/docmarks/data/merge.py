"""Several data sets as one manifest; images stay where they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.joined import joined

SET = "set"
"""Key of an image record: the name of the set that it came from."""


def merge(datasets: Sequence[Dataset], name: str, root: Path) -> Dataset:
    """One data set of all pages; each page says itself what is fully annotated on it.

    A page of two sets gets the marks of both (``joined``) and stays where the first has it.

    Args:
        datasets: In source labels, each label spelled alike in all of them.
        name: Of the new set.
        root: Its folder.

    Raises:
        DocmarksError: Two sets disagree on a page that is in both.
    """
    pages: dict[tuple[Path, int], DatasetPage] = {}
    for dataset in datasets:
        for page in dataset.pages:
            key, named = _key(page), replace(page, extra={SET: dataset.name, **page.extra})
            pages[key] = joined(pages[key], named) if key in pages else named
    sources = [{**dataset.info, "name": dataset.name, "pages": len(dataset.pages)} for dataset in datasets]
    return Dataset(root, name, tuple(pages.values()), {"sources": sources})


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
