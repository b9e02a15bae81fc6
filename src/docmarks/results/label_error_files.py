"""Suspected label errors as JSON and CSV, most doubtful first, and as tasks for Label Studio to correct them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docmarks.data.dataset import DatasetPage
from docmarks.data.formats.label_studio import write_review
from docmarks.evaluate.label_errors import Suspect, corrected
from docmarks.files.atomic import make_folder, write_json, write_text
from docmarks.files.csv_text import csv_text

TASKS = "tasks.json"

COLUMNS = (
    "rank",
    "doubt",
    "kind",
    "file",
    "page",
    "mark",
    "annotated_labels",
    "annotated_left",
    "annotated_top",
    "annotated_right",
    "annotated_bottom",
    "suggested_label",
    "left",
    "top",
    "right",
    "bottom",
    "score",
)


def write_suspects(suspects: Sequence[Suspect], pages: Sequence[DatasetPage], folder: Path) -> list[Path]:
    """Writes ``label_errors.json`` and ``label_errors.csv``.

    Args:
        suspects: Ranked.
        pages: Those that the suspects' numbers mean, as annotated.
        folder: Where to.

    Raises:
        DocmarksError: The folder cannot be written to.
    """
    make_folder(folder)
    write_json(folder / "label_errors.json", [suspect.to_json(pages) for suspect in suspects])
    write_text(folder / "label_errors.csv", to_csv(suspects, pages))
    return [folder / "label_errors.json", folder / "label_errors.csv"]


def write_tasks(suspects: Sequence[Suspect], pages: Sequence[DatasetPage], labels: Sequence[str], folder: Path) -> Path:
    """Writes ``tasks.json`` for Label Studio: the pages with suspects, the most doubtful first.

    Each task has the annotations as they are, to be corrected, and a prediction in which every suspect is corrected.

    Args:
        suspects: Ranked.
        pages: Those that the suspects' numbers mean, as annotated.
        labels: The detector's; those of the pages are added.
        folder: Where to; the labelling interface goes there too.
    """
    of_page: dict[int, list[Suspect]] = {}
    for suspect in suspects:
        of_page.setdefault(suspect.page, []).append(suspect)
    annotated = [pages[number] for number in of_page]
    proposed = [corrected(pages[number], found) for number, found in of_page.items()]
    used = dict.fromkeys(label for page in pages for mark in page.page.marks for label in mark.labels)
    write_review(annotated, proposed, dict.fromkeys((*used, *labels)), folder / TASKS)
    return folder / TASKS


def to_csv(suspects: Sequence[Suspect], pages: Sequence[DatasetPage]) -> str:
    """A line a suspect; boxes in pixels of their page."""
    rows: list[tuple[object, ...]] = [COLUMNS]
    for rank, suspect in enumerate(suspects, start=1):
        told = suspect.to_json(pages)
        rows.append(
            (
                rank,
                told["doubt"],
                told["kind"],
                told["file"],
                told["page"],
                "" if told["mark"] is None else told["mark"],
                "+".join(told["annotated_labels"]),
                *(told["annotated_box"] or ("",) * 4),
                told["suggested_label"],
                *told["suggested_box"],
                told["score"],
            )
        )
    return csv_text(rows)
