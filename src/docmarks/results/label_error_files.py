"""Suspected label errors as JSON and CSV, one a line, most doubtful first."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.label_errors import Suspect
from docmarks.results.atomic import make_folder, write_json, write_text

COLUMNS = (
    "rank",
    "doubt",
    "kind",
    "file",
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


def to_csv(suspects: Sequence[Suspect], pages: Sequence[DatasetPage]) -> str:
    """A line a suspect; boxes in pixels of their page."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for rank, suspect in enumerate(suspects, start=1):
        told = suspect.to_json(pages)
        writer.writerow(
            (
                rank,
                told["doubt"],
                told["kind"],
                told["file"],
                "" if told["mark"] is None else told["mark"],
                "+".join(told["annotated_labels"]),
                *(told["annotated_box"] or ("",) * 4),
                told["suggested_label"],
                *told["suggested_box"],
                told["score"],
            )
        )
    return buffer.getvalue()
