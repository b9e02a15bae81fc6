"""`docmarks train`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def train(
    data: Annotated[list[Path] | None, typer.Argument(help="Data sets: folders with annotations.json.")] = None,
    config: Annotated[Path | None, typer.Option(help="Configuration (YAML); default: the shipped recipe.")] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Run folder; a run that lies there is continued.")] = Path(
        "runs/train"
    ),
    start: Annotated[str | None, typer.Option("--from", help="Weights: default, or a .safetensors file.")] = None,
    ink: Annotated[Path | None, typer.Option(help="Folder of ink files; default: the built-in pen.")] = None,
    max_steps: Annotated[int | None, typer.Option(help="Optimizer steps in all.")] = None,
    seed: Annotated[int | None, typer.Option(help="Everything random follows from it.")] = None,
) -> None:
    """Trains a detector on annotated pages and on marks made for it."""
    from docmarks.cli.progress import step_bar
    from docmarks.train.run import run

    print(run(data or [], config, out, start, ink, max_steps, seed, step_bar))
