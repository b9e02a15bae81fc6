"""The weights in a checkpoint file of Detectron2 or LayoutParser."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from docmarks.errors import DocmarksError
from docmarks.zoo.safe_pickle import load_arrays


@dataclass(frozen=True)
class StateFile:
    """Weights by Detectron2's names.

    Attributes:
        tensors: The weights.
        by_suffix: A backbone only, whose names are ends of Detectron2's.
    """

    tensors: dict[str, Tensor]
    by_suffix: bool = False


def read_state(path: Path) -> StateFile:
    """Reads a ``.pkl`` of the model zoo or a ``.pth`` of a trainer; neither can run anything.

    Raises:
        DocmarksError: The file is missing, broken, holds anything but weights, or is of no form that is known.
    """
    found = _torch_file(path) if _is_torch(path) else load_arrays(path)
    if not isinstance(found, dict):
        raise DocmarksError(f"{path}: holds a {type(found).__name__}, not a dictionary of weights")
    weights = found.get("model", found.get("state_dict", found))
    if not isinstance(weights, dict):
        raise DocmarksError(f"{path}: its model entry is no dictionary of weights")
    tensors = {name: _tensor(value) for name, value in weights.items() if isinstance(value, np.ndarray | Tensor)}
    if not tensors:
        raise DocmarksError(f"{path}: holds no weights")
    # Detectron2's own rule: an "ImageNet-style" file says so itself; a lone backbone is told by its names.
    names = list(tensors)
    lone = not any(name.startswith(("backbone.", "proposal_generator.", "roi_heads.")) for name in names)
    return StateFile(tensors, bool(found.get("matching_heuristics", False)) or lone)


def _is_torch(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(4)
    except FileNotFoundError as error:
        raise DocmarksError(f"{path}: no such file") from error
    except OSError as error:
        raise DocmarksError(f"{path}: cannot be read ({error.strerror})") from error
    return head.startswith(b"PK") or path.suffix in (".pth", ".pt")


def _torch_file(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        told = str(error).replace("\n", " ")
        reason = next((part for part in told.split(". ") if "GLOBAL" in part or "class" in part), told)[:160]
        raise DocmarksError(f"{path}: refused, no plain file of weights: {reason.strip()}") from error
    except (RuntimeError, OSError, EOFError, ValueError, KeyError) as error:
        raise DocmarksError(f"{path}: not a readable checkpoint ({str(error).splitlines()[0][:120]})") from error


def _tensor(value: np.ndarray | Tensor) -> Tensor:
    return value if isinstance(value, Tensor) else torch.from_numpy(np.array(value))
