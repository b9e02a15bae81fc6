"""MLflow: MLFLOW_TRACKING_URI names the server; without it the runs lie in MLflow's own place."""

from __future__ import annotations

from collections.abc import Mapping

import mlflow
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.train.config import read_config
from docmarks.train.run_folder import RunFolder

LONGEST_VALUE = 500
"""Of a parameter, in characters: MLflow refuses longer ones."""


class MlflowWriter:
    """A run in MLflow's experiment (MLFLOW_EXPERIMENT_NAME), named after the run folder."""

    def __init__(self, folder: RunFolder, step: int) -> None:
        """A resumed run goes on in its own MLflow run, whose number the run folder keeps."""
        self.client = mlflow.MlflowClient()
        noted = folder.path / "mlflow.txt"
        if step and noted.exists():
            self.run = noted.read_text(encoding="utf-8").strip()
            return
        name = mlflow.environment_variables.MLFLOW_EXPERIMENT_NAME.get() or "docmarks"
        found = self.client.get_experiment_by_name(name)
        experiment = found.experiment_id if found else self.client.create_experiment(name)
        self.run = self.client.create_run(experiment, run_name=folder.path.name).info.run_id
        noted.write_text(self.run + "\n", encoding="utf-8")
        for key, value in read_config(folder.config).model_dump(mode="json").items():
            self.client.log_param(self.run, key, str(value)[:LONGEST_VALUE])

    def scalars(self, step: int, values: Mapping[str, float]) -> None:
        """Metrics ``train/...``."""
        for name, value in values.items():
            self.client.log_metric(self.run, f"train/{name}", value, step=step)

    def validation(self, step: int, values: Mapping[str, float]) -> None:
        """Metrics ``validation/...``."""
        for name, value in values.items():
            self.client.log_metric(self.run, f"validation/{name.removeprefix('val_')}", value, step=step)

    def picture(self, step: int, name: str, pixels: NDArray[np.uint8]) -> None:
        """An artifact a step."""
        self.client.log_image(self.run, Image.fromarray(pixels), artifact_file=f"pages/{name}-{step:06d}.png")

    def close(self) -> None:
        """Marks the run as finished."""
        self.client.set_terminated(self.run)
