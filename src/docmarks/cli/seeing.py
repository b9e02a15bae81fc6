"""Options of every command that runs a model on pages: how it sees them, what excludes what, and where it runs."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from docmarks.errors import DocmarksError


class Where(str, Enum):
    """Where a network runs."""

    cpu = "cpu"
    cuda = "cuda"


Tiles = Annotated[
    float, typer.Option(min=1, max=8, help="See pages also in parts, so many times as large: for tiny marks.")
]
CrossNMS = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="YAML of labels that exclude each other: - [Signature, Handwriting, 0.5]."),
]
Fast = Annotated[bool, typer.Option("--fast", help="See pages 0.75 times as large: sooner, and small marks get lost.")]
Accurate = Annotated[
    bool, typer.Option("--accurate", help="See pages also 1.25 times as large, and take the mean: 2.6 times the work.")
]
AutoRotate = Annotated[
    bool, typer.Option(help="Set pages upright that lie on their side, upside down or crooked; boxes stay theirs.")
]
OnDevice = Annotated[Where, typer.Option("--device", help="cuda runs an exported .onnx on a GPU.")]


def sizes_of(fast: bool, accurate: bool) -> tuple[float, ...]:
    """The sizes (``runtime.size``) that the two flags ask for.

    Raises:
        DocmarksError: Both.
    """
    from docmarks.runtime.size import ACCURATE, FAST, USUAL

    if fast and accurate:
        raise DocmarksError("--fast and --accurate: take one of them")
    return FAST if fast else ACCURATE if accurate else USUAL
