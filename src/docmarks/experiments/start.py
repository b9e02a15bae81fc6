"""Finds the weights that `--from` names."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from docmarks.errors import DocmarksError
from docmarks.messages.nearest import did_you_mean
from docmarks.train.checkpoint import find_checkpoint, read_checkpoint
from docmarks.train.start import Start
from docmarks.weights import DEFAULT, DEFAULT_WEIGHTS, ships
from docmarks.zoo.download import Watch
from docmarks.zoo.import_model import load_model
from docmarks.zoo.published import MODELS
from docmarks.zoo.pull import pull

FOREIGN = (".pkl", ".pth", ".pt")
"""Files of Detectron2 and LayoutParser."""

CONFIGS = ("config.yaml", "config.yml")
"""What their configuration beside them may be called."""

Fetching = Callable[[str], AbstractContextManager[Watch]]
"""Given the name of what is fetched, makes what follows its bytes."""


def find_start(name: str, fetching: Fetching | None = None) -> Start:
    """The weights of that name.

    Args:
        name: "default" for the model that ships; a published model (``docmarks weights list``), which is fetched; a run
            or model folder; a docmarks checkpoint; or a checkpoint of Detectron2 or LayoutParser with its
            ``config.yaml`` beside it.
        fetching: Shows the progress of a download.

    Raises:
        DocmarksError: There is nothing of that name, it cannot be fetched, or the file is refused.
    """
    if ships(Path(name)):
        return Start.of(read_checkpoint(DEFAULT_WEIGHTS))
    if name in MODELS:
        with nullcontext() if fetching is None else fetching(name) as watch:
            files = pull(name, watch=watch)
        return _imported(*files, backbone_only=MODELS[name].backbone_only)
    path = Path(name)
    if not path.exists():
        hint = did_you_mean(name, [DEFAULT, *MODELS], f"there are {DEFAULT}, {', '.join(MODELS)}, or name a file")
        raise DocmarksError(f"--from {name}: no such file or published model; {hint}")
    if path.suffix not in FOREIGN:
        return Start.of(read_checkpoint(find_checkpoint(path)))
    for config in CONFIGS:
        if path.with_name(config).is_file():
            return _imported(path, path.with_name(config))
    raise DocmarksError(f"--from {path}: needs its Detectron2 configuration beside it, as config.yaml")


def _imported(file: Path, config: Path, backbone_only: bool = False) -> Start:
    model, notes = load_model(file, config)
    if backbone_only:
        notes = (*notes, "a backbone alone: pyramid, proposals and heads start fresh")
    return Start(model.state_dict(), model.config, notes)
