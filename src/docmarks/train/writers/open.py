"""The writers that a configuration asks for."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

import numpy as np
from numpy.typing import NDArray

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


class Forgiving:
    """Another program's writer: when it fails once, it is told and then left alone. The training goes on."""

    def __init__(self, name: str, writer: Writer) -> None:
        """``name`` as the user knows it."""
        self.name, self.writer, self.works = name, writer, True

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """To the writer."""
        self._try(lambda: self.writer.scalars(step, values))

    def validation(self, step: int, values: Mapping[str, float]) -> None:
        """To the writer."""
        self._try(lambda: self.writer.validation(step, values))

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        """To the writer."""
        self._try(lambda: self.writer.picture(step, name, pixels))

    def close(self) -> None:
        """To the writer."""
        self._try(self.writer.close)

    def _try(self, call: Callable[[], None]) -> None:
        if not self.works:
            return
        try:
            call()
        except Exception as error:  # whatever a service's client may raise
            self.works = False
            warnings.warn(f"--log {self.name}: {_told(error)}; it gets nothing more of this run", stacklevel=2)


def _told(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


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
                made = Forgiving(name, getattr(importlib.import_module(module), kind)(folder, step))
            except ImportError as error:
                raise DocmarksError(f"--log {name}: not installed; pip install 'docmarks[{name}]'") from error
            except Exception as error:  # whatever a service's client may raise
                raise DocmarksError(f"--log {name}: {_told(error)}") from error
            stack.callback(made.close)
            writers.append(made)
        own = JsonlWriter(folder)
        stack.callback(own.close)
        yield [own, *writers]
