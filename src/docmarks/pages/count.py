"""How many pages there are to do, and how many of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docmarks.errors import DocmarksError
from docmarks.machine.cores import cores
from docmarks.pages.document import OpenDocument, open_document
from docmarks.pages.selection import chosen, parse_pages

MANY_PAGES = 4
"""From so many pages on it pays to compile the network for several at once."""


def page_numbers(document: OpenDocument, pages: str | None, path: Path) -> list[int]:
    """The pages of the document that ``pages`` ("1-3,7") names, all for None.

    Raises:
        DocmarksError: The text is no list of pages, or the document has none of them.
    """
    numbers = chosen(len(document), None if pages is None else parse_pages(pages))
    if not numbers:
        raise DocmarksError(f"{path}: has {len(document)} pages, none of them in {pages}")
    return numbers


def count_pages(files: Sequence[Path], pages: str | None, password: str | None) -> int:
    """How many pages there are to do; counting stops at ``MANY_PAGES``."""
    count = 0
    for left, path in zip(range(len(files), 0, -1), files, strict=True):
        if count + left >= MANY_PAGES:
            return MANY_PAGES
        count += pages_in(path, pages, password)
    return count


def pages_in(path: Path, pages: str | None, password: str | None) -> int:
    """How many pages of a file there are to do; 1 of one that cannot be read, which is told when its turn comes."""
    try:
        with open_document(path, password) as document:
            return len(page_numbers(document, pages, path))
    except DocmarksError:
        return 1


def streams_for(n_pages: int) -> int:
    """How many pages to work on at once: one a core for many pages, one for few."""
    return cores() if n_pages >= MANY_PAGES else 1
