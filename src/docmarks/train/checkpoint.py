"""Checkpoints: one safetensors file with the weights, their average, the optimizer's moments and, as JSON, the rest."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from docmarks.errors import DocmarksError
from docmarks.files.atomic import whole
from docmarks.messages.nearest import did_you_mean
from docmarks.model.config import ModelConfig
from docmarks.model.detector import FasterRCNN
from docmarks.runtime.checkpoint_info import RUN_CHECKPOINTS
from docmarks.train.ema import Average
from docmarks.weights import DEFAULT

FORMAT = "docmarks-checkpoint-1"

CURE = "free some space or choose another -o"


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
    plain = {name: t.detach().contiguous().cpu() for name, t in tensors.items()}
    metadata = {"format": FORMAT, "model": config.model_dump_json(), "info": json.dumps(info)}
    metadata["checksum"] = checksum(plain)
    with whole(path, CURE) as part:
        try:
            save_file(plain, part, metadata)
        except SafetensorError as error:
            why = str(error).split(" (os error")[0]  # what follows names a file beside the target
            raise DocmarksError(f"{path}: cannot be written ({why}); {CURE}") from error
        with part.open("rb") as file:
            os.fsync(file.fileno())
        read_checkpoint(part)  # what is on the disk now is what was meant, or the old file stays


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
    if metadata.get("checksum", "") not in ("", checksum(tensors)):
        raise DocmarksError(f"{path}: the checkpoint is damaged (its checksum differs); take another copy of it")
    try:
        return Checkpoint(tensors, ModelConfig.model_validate_json(metadata["model"]), json.loads(metadata["info"]))
    except (KeyError, ValueError) as error:  # pydantic's and json's are ValueErrors
        raise DocmarksError(f"{path}: made by another version of docmarks; train or export it with this one") from error


def checksum(tensors: Mapping[str, Tensor]) -> str:
    """CRC-32 over all tensors, by name."""
    found = 0
    for name in sorted(tensors):
        found = zlib.crc32(name.encode(), found)
        found = zlib.crc32(tensors[name].reshape(-1).view(torch.uint8).numpy().data, found)
    return f"{found:08x}"


def find_checkpoint(run: Path) -> Path:
    """The checkpoint of a run folder, the best before the last, or of a model folder; a file is itself."""
    if not run.exists():
        hint = did_you_mean(str(run), [DEFAULT], f"name a checkpoint, a run folder, or {DEFAULT}")
        raise DocmarksError(f"{run}: no such checkpoint; {hint}")
    if not run.is_dir():
        return run
    for name in RUN_CHECKPOINTS:
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
