"""TensorBoard: `tensorboard --logdir RUN/tensorboard`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from torch.utils.tensorboard import SummaryWriter

from docmarks.train.run_folder import RunFolder


class TensorBoardWriter:
    """Event files in the run folder."""

    def __init__(self, folder: RunFolder, step: int) -> None:
        """What an interrupted run wrote after ``step`` is taken back."""
        self.events = SummaryWriter(str(folder.path / "tensorboard"), purge_step=step + 1)

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """Under ``train/``."""
        for name, value in values.items():
            self.events.add_scalar(f"train/{name}", value, step)

    def validation(self, step: int, values: Mapping[str, float]) -> None:
        """Under ``validation/``."""
        for name, value in values.items():
            self.events.add_scalar(f"validation/{name.removeprefix('val_')}", value, step)

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        """Under ``pages/``."""
        self.events.add_image(f"pages/{name}", pixels, step, dataformats="HWC")

    def close(self) -> None:
        """Writes what is left."""
        self.events.close()
