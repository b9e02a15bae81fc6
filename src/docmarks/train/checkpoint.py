"""Checkpoints: one safetensors file with the weights, their average, the optimizer's moments and, as JSON, the rest."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from docmarks.errors import DocmarksError
from docmarks.model.config import ModelConfig
from docmarks.model.detector import FasterRCNN
from docmarks.train.ema import Average

FORMAT = "docmarks-checkpoint-1"


@dataclass(frozen=True)
class Checkpoint:
    """What a file holds.

    Attributes:
        tensors: ``model.*``, ``average.*`` and ``optimizer.<parameter>.<moment>``.
        model: The network's configuration.
        info: ``step`` and whatever else the writer noted.
    """

    tensors: dict[str, Tensor]
    model: ModelConfig
    info: dict[str, Any]

    def part(self, prefix: str) -> dict[str, Tensor]:
        """The tensors under ``prefix.``, without it."""
        return {name[len(prefix) + 1 :]: t for name, t in self.tensors.items() if name.startswith(prefix + ".")}

    def weights(self) -> dict[str, Tensor]:
        """The weights to use: the average where there is one."""
        return self.part("average") or self.part("model")


def save_checkpoint(
    path: Path, model: FasterRCNN, average: Average, optimizer: torch.optim.Optimizer, info: dict[str, Any]
) -> None:
    """Writes beside the target, flushes, then renames: a crash leaves the old file whole."""
    tensors = {f"model.{name}": value for name, value in model.state_dict().items()}
    tensors |= {f"average.{name}": value for name, value in average.state.items()}
    names: dict[Tensor, str] = {parameter: name for name, parameter in model.named_parameters()}
    for parameter, state in optimizer.state.items():
        for moment, value in state.items():
            tensors[f"optimizer.{names[parameter]}.{moment}"] = torch.as_tensor(value)
    write_tensors(path, tensors, model.config, info)


def write_tensors(path: Path, tensors: dict[str, Tensor], config: ModelConfig, info: dict[str, Any]) -> None:
    """One safetensors file, atomically.

    Raises:
        DocmarksError: The disk is full or the folder not writable.
    """
    metadata = {"format": FORMAT, "model": config.model_dump_json(), "info": json.dumps(info)}
    beside = path.with_name(path.name + ".part")
    try:
        save_file({name: t.detach().contiguous().cpu() for name, t in tensors.items()}, beside, metadata)
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    except (OSError, SafetensorError) as error:
        beside.unlink(missing_ok=True)
        raise DocmarksError(
            f"{path}: cannot write the checkpoint ({error}); free some space or choose another -o"
        ) from error


def read_checkpoint(path: Path) -> Checkpoint:
    """Reads a checkpoint.

    Raises:
        DocmarksError: The file is missing, damaged, or of another kind.
    """
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}
    except FileNotFoundError as error:
        raise DocmarksError(f"{path}: no such checkpoint") from error
    except (OSError, SafetensorError) as error:
        raise DocmarksError(f"{path}: not a readable checkpoint ({error}); take another copy of it") from error
    if metadata.get("format") != FORMAT:
        raise DocmarksError(f"{path}: a safetensors file, but no docmarks checkpoint")
    return Checkpoint(tensors, ModelConfig.model_validate_json(metadata["model"]), json.loads(metadata["info"]))


def find_checkpoint(run: Path) -> Path:
    """The checkpoint of a run folder or of a model folder; a file is itself."""
    if not run.is_dir():
        return run
    for name in ("last.safetensors", "model.safetensors"):
        if (run / name).is_file():
            return run / name
    raise DocmarksError(f"{run}: no checkpoint in this folder")


def build_model(checkpoint: Checkpoint) -> FasterRCNN:
    """The checkpoint's network with the weights to use, in single precision, in evaluation mode."""
    model = FasterRCNN(checkpoint.model)
    model.load_state_dict({name: t.float() if t.is_floating_point() else t for name, t in checkpoint.weights().items()})
    return model.eval()


def load_optimizer(optimizer: torch.optim.Optimizer, model: nn.Module, moments: dict[str, Tensor]) -> None:
    """Puts the saved moments back."""
    parameters = dict(model.named_parameters())
    for name, value in moments.items():
        parameter, moment = name.rsplit(".", 1)
        optimizer.state[parameters[parameter]][moment] = value.clone()
