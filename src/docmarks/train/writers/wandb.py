"""Weights & Biases: `wandb login` first, or WANDB_MODE=offline and `wandb sync` later."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import wandb
from numpy.typing import NDArray

from docmarks.train.config import read_config
from docmarks.train.run_folder import RunFolder


class WandbWriter:
    """A run of the project "docmarks" (WANDB_PROJECT), named after the run folder."""

    def __init__(self, folder: RunFolder, step: int) -> None:
        """A resumed run goes on in its own run, whose number the run folder keeps."""
        noted = folder.path / "wandb.txt"
        known = noted.read_text(encoding="utf-8").strip() if step and noted.exists() else None
        config = read_config(folder.config).model_dump(mode="json")
        settings = wandb.Settings(silent=True)
        self.run = wandb.init(
            dir=str(folder.path), name=folder.path.name, id=known, resume="allow", config=config, settings=settings
        )
        noted.write_text(self.run.id + "\n", encoding="utf-8")

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """``train/...``."""
        self.run.log({"step": step} | {f"train/{name}": value for name, value in values.items()}, step=step)

    def validation(self, step: int, values: Mapping[str, float]) -> None:
        """``validation/...``."""
        self.run.log({f"validation/{name.removeprefix('val_')}": value for name, value in values.items()}, step=step)

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        """``pages/...``."""
        self.run.log({f"pages/{name}": wandb.Image(pixels)}, step=step)

    def close(self) -> None:
        """Waits until everything is sent or kept."""
        self.run.finish()
