"""What a conversion did, as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from docmarks.data.convert import Conversion
from docmarks.data.formats.formats import FORMATS
from docmarks.data.formats.holds import ordered


def lines(done: Conversion) -> Iterator[str]:
    """Where it is, what it holds, and everything that was lost."""
    pages = done.dataset.pages
    boxes = sum(len(page.page.marks) for page in pages)
    documents = len({page.group for page in pages})
    yield f"{done.file}: {len(pages)} pages, {boxes} boxes, {documents} documents"
    read, written = FORMATS[done.source].title, FORMATS[done.target].title
    yield f"read as {read} ({done.source}), written as {written} ({done.target})"
    for old, new in done.renamed.items():
        yield f"label {old} is called {new}"
    if done.target == "docmarks":
        yield _exhaustive(done)
    for note in done.left:
        yield f"{done.source}: {note}"
    for note in done.lost:
        yield f"{done.target} cannot hold: {note}"


def _exhaustive(done: Conversion) -> str:
    """What is taken to be fully annotated."""
    said = {page.exhaustive for page in done.dataset.pages}
    everywhere = ordered(frozenset.intersection(*said))
    some = ordered(frozenset.union(*said).difference(everywhere))
    told = f"fully annotated: {', '.join(everywhere) or 'no label'}" + (
        f"; on some pages {', '.join(some)}" if some else ""
    )
    return told if everywhere or some else f"{told} (annotate the pages, or say with --exhaustive what is not on them)"
