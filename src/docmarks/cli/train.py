"""`docmarks train`."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer


class Device(str, Enum):
    """Where to train."""

    auto = "auto"
    cpu = "cpu"
    cuda = "cuda"


class Precision(str, Enum):
    """Of the convolutions."""

    auto = "auto"
    fp32 = "fp32"
    bf16 = "bf16"
    fp16 = "fp16"


class Monitor(str, Enum):
    """What decides which weights are the best."""

    val_loss = "val_loss"
    AP50 = "AP50"
    AP = "AP"


class Schedule(str, Enum):
    """How the learning rate falls."""

    linear = "linear"
    cosine = "cosine"
    step = "step"


def train(
    data: Annotated[list[Path] | None, typer.Argument(help="Data sets: folders with annotations.json.")] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Run folder.")] = Path("runs/train"),
    start: Annotated[
        str | None,
        typer.Option("--from", help="Weights: default, a run, a checkpoint, or a name of `docmarks weights list`."),
    ] = None,
    label_set: Annotated[
        str | None, typer.Option(help="Labels to learn: default, v1 ... v5, or a YAML file of rules.")
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with this run; it knows its data and configuration.")
    ] = None,
    other_data: Annotated[bool, typer.Option("--other-data", help="Resume though the data sets have changed.")] = False,
    config: Annotated[
        Path | None, typer.Option(help="Configuration (YAML); default: a recipe that ships, see the docs.")
    ] = None,
    ink: Annotated[Path | None, typer.Option(help="Folder of ink files; default: the built-in pen.")] = None,
    hard_examples: Annotated[
        list[Path] | None,
        typer.Option(help="Look more often where a model erred: what `docmarks evaluate --part train -o` wrote."),
    ] = None,
    max_steps: Annotated[int | None, typer.Option(help="Optimizer steps in all.")] = None,
    seed: Annotated[int | None, typer.Option(help="Everything random follows from it.")] = None,
    batch: Annotated[int | None, typer.Option(help="Images a step, over all processes.")] = None,
    accumulate: Annotated[int | None, typer.Option(help="Parts of a step, for less memory.")] = None,
    learning_rate: Annotated[float | None, typer.Option("--lr", help="Peak learning rate.")] = None,
    schedule: Annotated[Schedule | None, typer.Option(help="How the learning rate falls.")] = None,
    patience: Annotated[
        int | None, typer.Option(help="Stop after so many measurements without a better --monitor.")
    ] = None,
    monitor: Annotated[Monitor | None, typer.Option(help="What decides which weights are the best.")] = None,
    val_every: Annotated[int | None, typer.Option(help="Steps between validation losses; 0 for none.")] = None,
    ap_every: Annotated[int | None, typer.Option(help="Steps between average precisions; 0 for none.")] = None,
    log: Annotated[str | None, typer.Option(help="Also write to: tensorboard, mlflow, wandb (commas).")] = None,
    device: Annotated[Device | None, typer.Option(help="Where to train.")] = None,
    precision: Annotated[Precision | None, typer.Option(help="Of the convolutions.")] = None,
    compile_: Annotated[bool, typer.Option("--compile", help="Let torch compile the network.")] = False,
    workers: Annotated[int | None, typer.Option(help="Processes that make samples.")] = None,
    max_memory: Annotated[
        str | None, typer.Option(help="For example 8GiB: takes parts, checkpointing or smaller images to fit.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would happen: labels, anchors, steps, time, memory.")
    ] = False,
    find_lr: Annotated[
        bool, typer.Option("--find-lr", help="Only suggest a learning rate, with a plot in the run folder.")
    ] = False,
) -> None:
    """Trains or fine-tunes a detector on annotated pages; leaves a model ready for detect, and a report."""
    from docmarks.cli.byte_bar import byte_bar
    from docmarks.cli.progress import step_bar
    from docmarks.errors import DocmarksError
    from docmarks.experiments.run import Request, find_rate, run
    from docmarks.experiments.run import resume as go_on
    from docmarks.train.memory import parse_memory

    validation = {"patience": patience, "monitor": monitor, "loss_every": val_every, "ap_every": ap_every}
    changes: dict[str, Any] = {
        "steps": max_steps,
        "seed": seed,
        "batch": batch,
        "accumulate": accumulate,
        "learning_rate": learning_rate,
        "schedule": schedule,
        "log": None if log is None else tuple(name.strip() for name in log.split(",")),
        "device": device,
        "precision": precision,
        "compile": compile_ or None,
        "workers": workers,
        "validation": given(validation) or None,
        "ink": None if ink is None else {"folder": ink},
    }
    if resume is not None:
        if data or config or start or label_set or find_lr or hard_examples:
            raise DocmarksError(
                "--resume goes on with a run as it began: name no data, --config, --from, --label-set or "
                "--hard-examples"
            )
        go_on(resume, given(changes), other_data, step_bar, print, byte_bar)
        return
    limit = None if max_memory is None else parse_memory(max_memory)
    request = Request(
        tuple(data or ()), config, out, start, label_set, given(changes), limit, tuple(hard_examples or ())
    )
    if dry_run:
        from docmarks.experiments import dry_run as dry

        dry.show(dry.dry_run(request, byte_bar), print)
        return
    if find_lr:
        from docmarks.files.atomic import make_folder
        from docmarks.report.curves import write_sweep

        make_folder(out)
        found = find_rate(request, step_bar, print, byte_bar)
        write_sweep(found, out / "learning-rate.png")
        print(f"suggested: --lr {found.suggestion:.1e} (the curve: {out / 'learning-rate.png'})")
        return
    run(request, step_bar, print, byte_bar)


def given(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were named."""
    plain = {name: value.value if isinstance(value, Enum) else value for name, value in options.items()}
    return {name: value for name, value in plain.items() if value is not None}
