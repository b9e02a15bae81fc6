"""Feeds samples to the loop in batches; sample numbers alone decide what comes."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from docmarks.errors import DocmarksError
from docmarks.model.batch import Size, stack_images
from docmarks.model.config import InputConfig
from docmarks.model.targets import Targets
from docmarks.train.config import TrainConfig


class Sample(NamedTuple):
    """One image to train on.

    Attributes:
        image: ``[C, H, W]`` uint8.
        targets: What is on it, in its pixels.
        source: Where it comes from, to be named in an error: the page's file, or how it was made.
    """

    image: Tensor
    targets: Targets
    source: str = ""


class Batch(NamedTuple):
    """Images that go through the network together.

    Attributes:
        images: ``[N, C, H, W]``, uint8 where all are of one size, else float32, padded.
        targets: One an image.
        sources: One an image.
        sizes: (height, width) of each before padding.
        numbers: Which samples of the run these are: their random choices follow from it.
    """

    images: Tensor
    targets: list[Targets]
    sources: list[str]
    sizes: list[Size]
    numbers: list[int]


class TrainingSamples(Protocol):
    """Sample i is a function of i alone, so a run resumes anywhere."""

    def __getitem__(self, index: int) -> Sample:
        """Sample ``index``."""


class Numbered(Dataset[tuple[int, Sample]]):
    """Samples with their numbers."""

    def __init__(self, samples: TrainingSamples) -> None:
        """``samples`` are asked by number."""
        self.samples = samples

    def __getitem__(self, index: int) -> tuple[int, Sample]:
        """(number, sample)."""
        return index, self.samples[index]


class StepNumbers(Sampler[list[int]]):
    """The sample numbers of every batch from a step on: how a resumed run goes on where it stopped.

    A step takes ``batch`` samples: step s those from s * batch on. They are dealt out in turn: first to the parts that
    are accumulated, within a part to the processes, so neither changes what a step sees.
    """

    def __init__(self, config: TrainConfig, step: int, rank: int = 0, processes: int = 1) -> None:
        """Batches from ``step`` on, of process ``rank`` of ``processes``.

        Raises:
            DocmarksError: The batch cannot be dealt out evenly.
        """
        shares = processes * config.accumulate
        if config.batch % shares:
            raise DocmarksError(
                f"batch {config.batch} cannot be shared by {processes} processes x accumulate {config.accumulate}; "
                f"take a multiple of {shares}"
            )
        self.config, self.step, self.rank, self.processes = config, step, rank, processes
        self.each = config.batch // shares

    def __iter__(self) -> Iterator[list[int]]:
        """``accumulate`` lists a step."""
        for step in range(self.step, self.config.steps):
            for part in range(self.config.accumulate):
                first = step * self.config.batch + (part * self.processes + self.rank) * self.each
                yield list(range(first, first + self.each))

    def __len__(self) -> int:
        """How many batches are left."""
        return max(0, self.config.steps - self.step) * self.config.accumulate


class Collate:
    """Joins numbered samples to a batch."""

    def __init__(self, config: InputConfig) -> None:
        """Smaller images are padded with the mean that ``config`` knows."""
        self.config = config

    def __call__(self, numbered: Sequence[tuple[int, Sample]]) -> Batch:
        """The batch."""
        samples = [sample for _, sample in numbered]
        images = [sample.image for sample in samples]
        if all(image.shape == images[0].shape for image in images):
            stacked, sizes = torch.stack(images), [(int(image.shape[1]), int(image.shape[2])) for image in images]
        else:
            stacked, sizes = stack_images(images, self.config)
        return Batch(
            stacked,
            [sample.targets for sample in samples],
            [sample.source for sample in samples],
            sizes,
            [number for number, _ in numbered],
        )


def batches(
    config: TrainConfig, samples: TrainingSamples, step: int, rank: int = 0, processes: int = 1, pin: bool = False
) -> Iterator[Batch]:
    """The run's batches from ``step`` on, made by ``config.workers`` worker processes.

    Args:
        config: The run.
        samples: Where they come from.
        step: Steps done.
        rank: Which of the training processes asks.
        processes: How many there are.
        pin: Put the images into memory from which a GPU copies without waiting.

    Raises:
        DocmarksError: A sample cannot be made; one line, from a worker too.
    """
    loader: DataLoader[Batch] = DataLoader(
        Numbered(samples),  # type: ignore[arg-type]
        batch_sampler=StepNumbers(config, step, rank, processes),
        num_workers=config.workers,
        collate_fn=Collate(config.model.input),
        prefetch_factor=8 if config.workers else None,
        pin_memory=pin,
        worker_init_fn=_leave_interrupts_to_the_run,
    )
    try:
        yield from loader
    except DocmarksError as error:
        # A worker process sends its whole traceback along; the last line is what a user can mend.
        raise DocmarksError(str(error).strip().splitlines()[-1].split("DocmarksError: ")[-1]) from error
    except RuntimeError as error:
        if not str(error).startswith("DataLoader worker"):
            raise
        raise DocmarksError(
            f"a process that makes samples has died, perhaps for want of memory; lower workers (now {config.workers})"
        ) from error


def _leave_interrupts_to_the_run(_: int) -> None:
    """Ctrl-C goes to every process of a terminal; the run finishes its step and needs its workers for that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
