"""`docmarks mine`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from docmarks.labels.taxonomy import NOT_A_MARK


def mine(
    model: Annotated[str, typer.Argument(help="default, a model file, or a run folder.")],
    data: Annotated[list[Path], typer.Argument(help="Data sets: folders with annotations.json.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the new data set.")],
    label: Annotated[str, typer.Option(help="What the false positives are called there.")] = NOT_A_MARK,
    min_score: Annotated[
        float | None, typer.Option(min=0, max=1, help="Minimum confidence [default: the model's own, one a label].")
    ] = None,
    documents: Annotated[int, typer.Option(min=1, help="In at least so many documents.")] = 2,
    without: Annotated[str | None, typer.Option(help="Leave out these groups of the review, for example 3,7.")] = None,
) -> None:
    """Collects what a model finds again and again where nothing is, as a label of its own for the next training."""
    from docmarks.cli.progress import page_bar
    from docmarks.data.coco_file import read
    from docmarks.errors import DocmarksError
    from docmarks.experiments.mine import LABEL_SET, REVIEW, find, write_mined
    from docmarks.labels.label_set import LabelSet
    from docmarks.runtime.detector import Detector

    try:
        left_out = [int(number) for number in (without or "").split(",") if number.strip()]
    except ValueError as error:
        raise DocmarksError(f"--without {without}: write numbers of the review, for example 3,7") from error
    datasets = [read(folder) for folder in data]
    detector = Detector.load(Path(model))
    groups = find(detector, datasets, min_score, documents, page_bar)
    kept, boxes = write_mined(out, datasets, groups, left_out, label, LabelSet.load(detector.label_set))
    print(f"{boxes} boxes of {label} in {kept} groups: look at {out / REVIEW}")
    print(f"train with them: docmarks train {out} --label-set {out / LABEL_SET}")
