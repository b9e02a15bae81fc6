"""The writers that a configuration asks for."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from docmarks.errors import DocmarksError
from docmarks.train.run_folder import RunFolder
from docmarks.train.writers.jsonl import JsonlWriter
from docmarks.train.writers.writer import Writer

OTHERS = {
    "tensorboard": ("docmarks.train.writers.tensorboard", "TensorBoardWriter"),
    "mlflow": ("docmarks.train.writers.mlflow", "MlflowWriter"),
    "wandb": ("docmarks.train.writers.wandb", "WandbWriter"),
}
"""Name to (module, class): imported only when asked for."""


@contextmanager
def opened(folder: RunFolder, names: Sequence[str], step: int) -> Iterator[list[Writer]]:
    """The run folder's own writer and the named ones, closed at the end.

    Args:
        folder: Of the run; its configuration lies there.
        names: Keys of ``OTHERS``.
        step: Steps done: what came later in an interrupted run does not count.

    Raises:
        DocmarksError: A library is not installed, or does not want to.
    """
    with ExitStack() as stack:
        writers: list[Writer] = []
        for name in names:
            module, kind = OTHERS[name]
            try:
                made = getattr(importlib.import_module(module), kind)(folder, step)
            except ImportError as error:
                raise DocmarksError(f"--log {name}: not installed; pip install 'docmarks[{name}]'") from error
            except Exception as error:  # whatever a service's client may raise
                told = str(error).strip().splitlines()
                raise DocmarksError(f"--log {name}: {told[0] if told else type(error).__name__}") from error
            stack.callback(made.close)
            writers.append(made)
        own = JsonlWriter(folder)
        stack.callback(own.close)
        yield [own, *writers]
