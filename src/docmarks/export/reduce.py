"""A trained network with fewer filters, where its answers on pages say that it needs no more."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from docmarks.errors import DocmarksError
from docmarks.model.answers import Answers
from docmarks.model.config import RankConfig
from docmarks.model.detector import FasterRCNN
from docmarks.model.low_rank import LowRankConv, worth
from docmarks.runtime.prepare import prepare
from docmarks.train.checkpoint import build_model, find_checkpoint, read_checkpoint, write_tensors

LAYERS = {"p2": "fpn.output.0", "p3": "fpn.output.1", "proposals": "rpn_head.conv"}
"""The 3x3 convolutions at the finest levels, most of the network's work: by their names in ``RankConfig``."""

MULTIPLE = 8
"""Filters come in multiples of this: so many numbers a processor takes at once."""


@dataclass(frozen=True)
class Reduced:
    """One convolution.

    Attributes:
        name: As in ``RankConfig``.
        channels: That it had, and still gives.
        filters: That are left; None if fewer would have been no gain.
    """

    name: str
    channels: int
    filters: int | None


def reduce_checkpoint(run: Path, pages: Iterable[NDArray[np.uint8]], out: Path, keep: float) -> list[Reduced]:
    """Writes the weights to use of a run or checkpoint as a network of fewer filters, to be exported or trained on.

    Args:
        run: A run folder or a checkpoint.
        pages: ``[H, W]`` or ``[H, W, 3]``, like those it will see.
        out: The checkpoint to write.
        keep: So much of the variance of each convolution's answers stays (a share).

    Raises:
        DocmarksError: There is no checkpoint, it has been reduced before, or the file cannot be written.
    """
    checkpoint = read_checkpoint(find_checkpoint(run))
    if checkpoint.model.ranks != RankConfig():
        raise DocmarksError(f"{run}: has fewer filters already; take the weights that it was made of")
    model, found = reduced(build_model(checkpoint), pages, keep)
    tensors = {f"model.{name}": value for name, value in model.state_dict().items()}
    write_tensors(out, tensors, model.config, checkpoint.info)
    return found


@torch.no_grad()
def reduced(model: FasterRCNN, pages: Iterable[NDArray[np.uint8]], keep: float) -> tuple[FasterRCNN, list[Reduced]]:
    """A copy with fewer filters, and what became of each convolution."""
    model = copy.deepcopy(model).eval()
    heard = {name: Answers(model.get_submodule(layer)) for name, layer in LAYERS.items()}
    for page in pages:
        model(torch.from_numpy(prepare(page, model.config.input)))
    found, state = [], model.state_dict()
    for name, layer in LAYERS.items():
        heard[name].close()
        conv = model.get_submodule(layer)
        assert isinstance(conv, nn.Conv2d)
        rank = -(-heard[name].rank(keep) // MULTIPLE) * MULTIPLE
        gains = worth(conv, rank)
        found.append(Reduced(name, conv.out_channels, rank if gains else None))
        if gains:
            low = LowRankConv.of(conv, heard[name].mean, heard[name].covariance, rank)
            del state[f"{layer}.weight"], state[f"{layer}.bias"]
            state |= {f"{layer}.{key}": value for key, value in low.state_dict().items()}
    ranks = RankConfig(**{one.name: one.filters for one in found})
    small = FasterRCNN(model.config.model_copy(update={"ranks": ranks}))
    small.load_state_dict(state)
    return small.eval(), found
