"""Where do two models, or a model and what another program wrote, part?

The check that a port needs: first the pre-processed image, tensor for tensor, then every stage, then the predictions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError
from docmarks.files.atomic import whole
from docmarks.files.npz_file import read_npz
from docmarks.train.checkpoint import find_checkpoint, read_checkpoint
from docmarks.train.page_stages import page_stages

Arrays = Mapping[str, NDArray[np.float32]]

AS_SETS = ("proposals", "boxes", "scores")
"""Rows of equal merit may swap, so these are compared row by row with the nearest."""

RELATIVE = 1e-4
"""Stages that differ by more of their largest value have parted."""


@dataclass(frozen=True)
class StageDifference:
    """One stage of both sides.

    Attributes:
        name: Of the stage.
        largest: Largest absolute difference; inf where the shapes differ.
        scale: Largest absolute value of the first side.
        shapes: Of both sides.
    """

    name: str
    largest: float
    scale: float
    shapes: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def parted(self) -> bool:
        """Whether they differ by more than rounding."""
        return not self.largest <= RELATIVE * max(self.scale, 1.0)


def stages_of(path: Path, page: Path | None) -> Arrays:
    """The stages of a model on a page, or those stored in an ``.npz``.

    Args:
        path: A model folder, a ``.safetensors`` checkpoint, or a file that ``save`` wrote.
        page: A document; its first page is looked at.

    Raises:
        DocmarksError: A file cannot be read, or a model has no page to look at.
    """
    if path.suffix == ".npz":
        return read_npz(path, "a file of stored stages", "write it with `docmarks port-check --save`")
    if page is None:
        raise DocmarksError(f"{path}: a model needs a page to look at; add --image PAGE")
    return page_stages(read_checkpoint(find_checkpoint(path)), page)


def compare(ours: Arrays, theirs: Arrays) -> list[StageDifference]:
    """Every stage that both sides have, in the order of the first."""
    return [_difference(name, ours[name], theirs[name]) for name in ours if name in theirs]


def save(found: Arrays, path: Path) -> None:
    """Stores stages for a later comparison."""
    arrays: dict[str, Any] = {name: np.asarray(value) for name, value in found.items()}
    with whole(path, "choose another --save") as part, part.open("wb") as out:
        np.savez_compressed(out, **arrays)


def _difference(name: str, a: NDArray[np.float32], b: NDArray[np.float32]) -> StageDifference:
    scale, shapes = float(np.abs(a).max(initial=0)), (a.shape, b.shape)
    if name in AS_SETS and a.ndim == b.ndim == 2 and a.shape[1] == b.shape[1] and len(a) and len(b):
        far = max(_farthest(a, b), _farthest(b, a))
        return StageDifference(name, far, scale, shapes)
    if a.shape != b.shape:
        return StageDifference(name, float("inf"), scale, shapes)
    return StageDifference(name, float(np.abs(a - b).max(initial=0)), scale, shapes)


def _farthest(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return max(float(np.abs(b - row).max(axis=1).min()) for row in a)
