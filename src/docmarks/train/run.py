"""A whole run: configuration, data, loop, exported model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from docmarks.experiments.recipes import recipe_path
from docmarks.synth.ink import InkLibrary
from docmarks.synth.page import SyntheticPages
from docmarks.train.checkpoint import read_checkpoint
from docmarks.train.config import TrainConfig, read_config
from docmarks.train.loop import Watch, train
from docmarks.train.prepare import prepare
from docmarks.weights import DEFAULT_WEIGHTS


def run(
    data: Sequence[Path],
    config_file: Path | None,
    out: Path,
    start: str | None,
    ink_folder: Path | None,
    max_steps: int | None,
    seed: int | None,
    watch: Callable[[int], AbstractContextManager[Watch]] | None = None,
) -> Path:
    """Trains in ``out`` and returns the checkpoint.

    Args:
        data: Data folders; their training parts are used.
        config_file: YAML; None takes the run's own configuration if there is one, else the shipped recipe.
        out: Run folder, continued if it holds a run.
        start: "default" or a checkpoint to take the weights from.
        ink_folder: Overrides the configuration.
        max_steps: Overrides the configuration.
        seed: Overrides the configuration.
        watch: Given the steps of the run, makes what follows them.
    """
    config = resolve(config_file, out, ink_folder, max_steps, seed)
    ink = InkLibrary.load(config.ink.folder) if config.ink.folder else InkLibrary.builtin()
    made = SyntheticPages(ink) if config.ink.pages > 0 else None
    samples = prepare(config, data, made, ink)
    weights = None
    if start is not None:
        weights = read_checkpoint(DEFAULT_WEIGHTS if start == "default" else Path(start))
    if watch is None:
        return train(config, samples, out, weights)
    with watch(config.steps) as told:
        return train(config, samples, out, weights, told)


def resolve(
    config_file: Path | None, out: Path, ink_folder: Path | None, max_steps: int | None, seed: int | None
) -> TrainConfig:
    """The configuration with what the command line overrides."""
    own = out / "config.yaml"
    config = read_config(config_file or (own if own.exists() else recipe_path("default")))
    changes: dict[str, object] = {}
    if ink_folder is not None:
        changes["ink"] = config.ink.model_copy(update={"folder": ink_folder})
    if max_steps is not None:
        changes["steps"] = max_steps
    if seed is not None:
        changes["seed"] = seed
    return config.model_copy(update=changes)
