"""The processes that train together, started by torchrun; one alone is the usual case."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor

T = TypeVar("T")

PATIENCE = timedelta(hours=2)
"""So long the others wait while the first process measures."""


@dataclass(frozen=True)
class Processes:
    """Which one this is.

    Attributes:
        rank: Its number.
        count: How many there are, on all machines.
        local_rank: Its number on this machine: the GPU it takes.
    """

    rank: int = 0
    count: int = 1
    local_rank: int = 0

    @property
    def leads(self) -> bool:
        """Whether this one measures and writes files."""
        return self.rank == 0

    def mean(self, value: Tensor) -> Tensor:
        """The mean over the processes of a tensor that needs no gradient."""
        if self.count == 1:
            return value
        total = value.detach().clone()
        dist.all_reduce(total)
        return total / self.count

    def any(self, flag: bool, device: torch.device) -> bool:
        """Whether any process says so; all hear the same."""
        return flag if self.count == 1 else bool(self.mean(torch.tensor(float(flag), device=device)) > 0)

    def share(self, value: T) -> T:
        """What the first process has."""
        if self.count == 1:
            return value
        held = [value]
        dist.broadcast_object_list(held)
        return held[0]

    def gather(self, value: T) -> list[T]:
        """What every process has, by rank."""
        if self.count == 1:
            return [value]
        found: list[T] = [value] * self.count
        dist.all_gather_object(found, value)
        return found


ALONE = Processes()


@contextmanager
def joined() -> Iterator[Processes]:
    """The processes that torchrun started (RANK, WORLD_SIZE, LOCAL_RANK); without it this one alone."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield ALONE
        return
    rank, local = int(os.environ["RANK"]), int(os.environ.get("LOCAL_RANK", "0"))
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        torch.cuda.set_device(local)
    # Tensors on a CPU go over gloo, those on a GPU over nccl.
    dist.init_process_group("cpu:gloo,cuda:nccl" if on_gpu else "gloo", timeout=PATIENCE)
    try:
        yield Processes(rank, count, local)
    finally:
        dist.destroy_process_group()
