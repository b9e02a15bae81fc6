"""Which weights are the best so far, and when to stop."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from docmarks.train.config import ValidationConfig


class Stopping:
    """Follows one figure of the validation part.

    Attributes:
        best: Its best value so far; None before the first.
        best_step: The step at which it was reached.
        waited: Measurements since then.
    """

    def __init__(self, config: ValidationConfig) -> None:
        """Knows the figure and the patience."""
        self.config = config
        self.best: float | None = None
        self.best_step = 0
        self.waited = 0

    def told(self, step: int, figures: Mapping[str, float]) -> bool:
        """Whether a measurement is the best so far; one without the monitored figure changes nothing."""
        value = figures.get(self.config.monitor)
        if value is None:
            return False
        falls = self.config.monitor == "val_loss"
        better = self.best is None or (value < self.best if falls else value > self.best)
        if better and math.isfinite(value):
            self.best, self.best_step, self.waited = value, step, 0
            return True
        self.waited += 1
        return False

    @property
    def exhausted(self) -> bool:
        """Whether the patience has run out."""
        return self.config.patience is not None and self.waited >= self.config.patience

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps."""
        return {"best": self.best, "best_step": self.best_step, "waited": self.waited}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Goes on from a checkpoint."""
        self.best, self.best_step, self.waited = state["best"], int(state["best_step"]), int(state["waited"])
