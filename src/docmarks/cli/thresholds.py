"""`docmarks thresholds`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def thresholds(
    model: Annotated[str, typer.Argument(help="A model file, a run folder, or default.")],
    metrics: Annotated[Path, typer.Argument(help="metrics.json of `docmarks evaluate`.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Write a copy of the model here [default: change it].")
    ] = None,
) -> None:
    """Stores the thresholds of an evaluation in a model; `detect` uses them from then on, and exports of a run."""
    from docmarks.evaluate.show_thresholds import print_stored
    from docmarks.evaluate.thresholds import read_thresholds
    from docmarks.runtime.store import store_thresholds

    found = read_thresholds(metrics)
    print_stored(store_thresholds(Path(model), found.scores, out, found.sizes))
