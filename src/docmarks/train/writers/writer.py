"""What the loop tells, whoever listens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Writer(Protocol):
    """Takes the figures and pictures of a run."""

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """Figures of the training step ``step``."""

    def validation(self, step: int, values: Mapping[str, float]) -> None:
        """Figures on the validation part after ``step`` steps."""

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        """A picture ``[H, W, 3]``."""

    def close(self) -> None:
        """The run ends; what is not yet written is written."""
