"""The learning rate of every step."""

from __future__ import annotations

import math
from collections.abc import Callable

from docmarks.train.config import TrainConfig

FLOOR = 0.01
"""Where linear and cosine end, as a share of the peak."""


def linear(left: float) -> float:
    """Falls evenly."""
    return max(FLOOR, left)


def cosine(left: float) -> float:
    """Falls as half a cosine (Loshchilov and Hutter 2016, arXiv 1608.03983)."""
    return FLOOR + (1 - FLOOR) * (1 - math.cos(math.pi * left)) / 2


def step(left: float) -> float:
    """A tenth from the start of the decay, a hundredth from its middle: Detectron2's 3x with ``decay`` 2/9."""
    return 0.1 if left > 0.5 else 0.01


SHAPES: dict[str, Callable[[float], float]] = {"linear": linear, "cosine": cosine, "step": step}
"""Factor of the peak by what is left of the decay, from 1 down to 0."""


def rate(config: TrainConfig, done: int) -> float:
    """Learning rate of the step after ``done`` steps: linear warm-up, constant, then the decay of ``schedule``."""
    decay_steps = max(1, round(config.steps * config.decay))
    up = min(1.0, (done + 1) / max(1, config.warmup))
    left = (config.steps - done) / decay_steps
    return config.learning_rate * up * (1.0 if left > 1 else SHAPES[config.schedule](left))
