"""A learning-rate range test (Smith 2015, arXiv 1506.01186): the rate grows from step to step, the loss tells."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np

from docmarks.model.detector import FasterRCNN
from docmarks.train.config import TrainConfig
from docmarks.train.feed import TrainingSamples, batches
from docmarks.train.trainer import Trainer
from docmarks.train.watch import Watch

LOWEST, HIGHEST = 1e-6, 3e-2
STEPS = 100
SMOOTHING = 0.9
DIVERGED = 3.0
"""The test ends when the smoothed loss is so many times its lowest."""

FIRST_STEPS = 10
"""They are left out of the search for the steepest fall, and end nothing: the average has not settled."""


@dataclass(frozen=True)
class Sweep:
    """What the test saw.

    Attributes:
        rates: One a step, rising.
        losses: Smoothed, one a step.
        suggestion: The rate at which the loss fell most steeply.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float


def sweep(
    config: TrainConfig,
    model: FasterRCNN,
    samples: TrainingSamples,
    watch: Callable[[int], AbstractContextManager[Watch]] | None = None,
    steps: int | None = None,
) -> Sweep:
    """Trains ``model`` for a while with a rising rate.

    Args:
        config: The run that a rate is sought for.
        model: Is changed.
        samples: Its training samples.
        watch: Makes a progress bar.
        steps: Between the lowest and the highest rate; None takes ``STEPS``.
    """
    steps = steps or STEPS
    config = config.model_copy(update={"steps": steps})
    trainer = Trainer(config, model)
    model.train()
    rates: list[float] = []
    losses: list[float] = []
    average, stream = 0.0, batches(config, samples, 0)
    with watch(steps) if watch is not None else nullcontext() as told:
        for step in range(steps):
            rate = LOWEST * (HIGHEST / LOWEST) ** (step / max(1, steps - 1))
            numbers = trainer.train_step([next(stream) for _ in range(config.accumulate)], rate)
            average = SMOOTHING * average + (1 - SMOOTHING) * numbers["loss"]
            rates.append(rate)
            losses.append(average / (1 - SMOOTHING ** (step + 1)))  # as if it had always been running
            if told is not None:
                told(step + 1, numbers["loss"])
            if step >= FIRST_STEPS and losses[-1] > DIVERGED * min(losses):
                break
    return Sweep(tuple(rates), tuple(losses), steepest(rates, losses))


def steepest(rates: list[float], losses: list[float]) -> float:
    """The rate at which the loss falls most over the logarithm of the rate, before its minimum."""
    end = int(np.argmin(losses)) + 1
    first = min(FIRST_STEPS, max(0, end - 2))
    if end - first < 2:
        return rates[end - 1] / 10  # it never fell: a tenth of the rate of its minimum is the usual advice
    slopes = np.gradient(np.array(losses[first:end]), np.log(rates[first:end]))
    found = rates[first + int(np.argmin(slopes))]
    return float(f"{found:.1e}") if math.isfinite(found) else rates[0]
