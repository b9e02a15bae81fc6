"""Options of every command that runs a model on pages: how large they are seen, and where the network runs."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from docmarks.errors import DocmarksError


class Where(str, Enum):
    """Where a network runs."""

    cpu = "cpu"
    cuda = "cuda"


Fast = Annotated[bool, typer.Option("--fast", help="See pages 0.75 times as large: sooner, and small marks get lost.")]
Accurate = Annotated[
    bool, typer.Option("--accurate", help="See pages 1.25 times as large: later, and small marks are seen better.")
]
OnDevice = Annotated[Where, typer.Option("--device", help="cuda runs an exported .onnx on a GPU.")]


def size_of(fast: bool, accurate: bool) -> float:
    """The size (``runtime.size``) that the two flags ask for.

    Raises:
        DocmarksError: Both.
    """
    from docmarks.runtime.size import ACCURATE, FAST, USUAL

    if fast and accurate:
        raise DocmarksError("--fast and --accurate: take one of them")
    return FAST if fast else ACCURATE if accurate else USUAL
