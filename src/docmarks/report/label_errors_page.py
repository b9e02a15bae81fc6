"""Suspected label errors as one HTML page to look through."""

from __future__ import annotations

import base64
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from docmarks.data.dataset import DatasetPage
from docmarks.data.read_page import read_page
from docmarks.errors import DocmarksError
from docmarks.evaluate.label_errors import SWAPPED, Suspect
from docmarks.evaluate.panels import Crop
from docmarks.files.atomic import make_folder, write_pieces
from docmarks.report.evaluation_page import Progress
from docmarks.report.panels import draw_crop
from docmarks.report.template import template

FILE = "label_errors.html"

MOST = 1000
"""So many of the most doubtful are shown."""


def write_page(
    suspects: Sequence[Suspect],
    pages: Sequence[DatasetPage],
    folder: Path,
    *,
    title: str = "Label errors",
    progress: Progress = iter,
) -> Path:
    """Writes the page, everything inside, and returns where it is.

    The detector's box is tinted, the annotated one an outline. Images are read one page at a time; one that cannot be
    read is told in place of its crops.

    Args:
        suspects: Ranked.
        pages: Those that the suspects' numbers mean, in the detector's labels.
        folder: Where to.
        title: Of the page.
        progress: Wraps the pages that are read, to show a bar.

    Raises:
        DocmarksError: The folder cannot be written to.
    """
    make_folder(folder)
    shown = suspects[:MOST]
    text = template("label_errors.html").generate(
        title=title,
        n_pages=len(pages),
        n_suspects=len(suspects),
        n_suspected=len({suspect.page for suspect in suspects}),
        kinds=Counter(suspect.kind for suspect in suspects).most_common(),
        rows=[(rank, suspect, _said(suspect, pages), pages[suspect.page].file) for rank, suspect in enumerate(shown)],
        pictures=_pictures(shown, pages, progress),
    )
    write_pieces(folder / FILE, text)
    return folder / FILE


def _said(suspect: Suspect, pages: Sequence[DatasetPage]) -> str:
    """What is wrong, in a few words."""
    if suspect.mark is None:
        return f"no {suspect.label} is annotated here"
    labels = " + ".join(pages[suspect.page].page.marks[suspect.mark].labels)
    return f"annotated {labels}, looks like {suspect.label}" if suspect.kind == SWAPPED else f"{labels}, but elsewhere"


def _pictures(
    suspects: Sequence[Suspect], pages: Sequence[DatasetPage], progress: Progress
) -> Iterator[tuple[int, str, str]]:
    """(rank, base64 text, why there is none) of every crop, page by page."""
    of_page: dict[int, list[int]] = defaultdict(list)
    for rank, suspect in enumerate(suspects):
        of_page[suspect.page].append(rank)
    for number in progress(sorted(of_page)):
        try:
            pixels = read_page(pages[number])
        except DocmarksError as error:
            yield from ((rank, "", str(error)) for rank in of_page[number])
            continue
        for rank in of_page[number]:
            suspect = suspects[rank]
            mark = None if suspect.mark is None else pages[number].page.marks[suspect.mark]
            crop = Crop(number, suspect.box, mark.box if mark else None, suspect.score)
            data = draw_crop(pixels, crop, suspect.label, mark.label if mark else None)
            yield rank, base64.b64encode(data).decode("ascii"), ""
