"""Feeds samples to the loop in batches; sample numbers alone decide what comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Sampler

from docmarks.errors import DocmarksError
from docmarks.model.targets import Targets
from docmarks.train.config import TrainConfig

Sample = tuple[Tensor, Targets]
"""Crop ``[1, H, W]`` uint8 and its targets."""

Batch = tuple[Tensor, list[Targets]]
"""Crops ``[N, 1, H, W]`` uint8 and their targets."""


class TrainingSamples(Protocol):
    """Sample i is a function of i alone, so a run resumes anywhere."""

    def __getitem__(self, index: int) -> Sample:
        """Sample ``index``."""


class From(Sampler[int]):
    """Sample numbers from ``start`` on: how a resumed run goes on where it stopped."""

    def __init__(self, start: int, end: int) -> None:
        """``end`` is exclusive."""
        self.start, self.end = start, end

    def __iter__(self) -> Iterator[int]:
        """start, start + 1, ..."""
        return iter(range(self.start, self.end))

    def __len__(self) -> int:
        """How many are left."""
        return self.end - self.start


def collate(samples: Sequence[Sample]) -> Batch:
    """Joins samples to a batch."""
    return torch.stack([crop for crop, _ in samples]), [targets for _, targets in samples]


def batches(config: TrainConfig, samples: TrainingSamples, step: int) -> Iterator[Batch]:
    """The run's batches from ``step`` on, made by ``config.workers`` processes."""
    loader: DataLoader[Batch] = DataLoader(
        samples,  # type: ignore[arg-type]
        batch_size=config.batch,
        sampler=From(step * config.batch, config.steps * config.batch),
        num_workers=config.workers,
        collate_fn=collate,
        prefetch_factor=8 if config.workers else None,
    )
    try:
        yield from loader
    except DocmarksError as error:
        # A worker process sends its whole traceback along; the last line is what a user can mend.
        raise DocmarksError(str(error).strip().splitlines()[-1].split("DocmarksError: ")[-1]) from error
