"""One object holds everything a training run depends on; it is saved in the run folder as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from docmarks.errors import DocmarksError
from docmarks.files.atomic import write_text
from docmarks.labels.label_set import LabelSet
from docmarks.model.config import ModelConfig
from docmarks.strict import Strict, first_problem
from docmarks.train.sample_config import (
    AugmentConfig,
    CacheConfig,
    CropConfig,
    HardExampleConfig,
    ImbalanceConfig,
    InkConfig,
    PasteConfig,
    ReplaceConfig,
    ResizeConfig,
    Share,
)


class ValidationConfig(Strict):
    """What is measured on the validation part while training.

    Attributes:
        loss_every: Steps between validation losses; 0 for none.
        ap_every: Steps between average precisions (slower: every validation page is searched); 0 for none but at the
            end.
        pages: The validation loss is taken on so many pages, the same every time.
        monitor: What decides which weights are the best.
        patience: Stop when the monitored figure has not improved so many times in a row; None trains to the end.
        pictures: So many validation pages are drawn, with truth and predictions.
    """

    loss_every: int = Field(default=100, ge=0)
    ap_every: int = Field(default=500, ge=0)
    pages: int = Field(default=24, gt=0)
    monitor: Literal["val_loss", "AP50", "AP"] = "AP50"
    patience: int | None = Field(default=None, gt=0)
    pictures: int = Field(default=4, ge=0)

    @model_validator(mode="after")
    def _is_measured(self) -> ValidationConfig:
        if self.monitor == "val_loss" and not self.loss_every:
            raise ValueError("monitor val_loss needs loss_every over 0")
        return self


class TrainConfig(Strict):
    """A training run.

    Attributes:
        model: The network.
        steps: Optimizer steps in all.
        batch: Images an optimizer step, over all processes and accumulated parts.
        accumulate: The step's images go through the network in so many parts, for less memory.
        learning_rate: Peak of the schedule: linear warm-up, constant, then decay.
        schedule: How the rate falls to a hundredth: "linear", "cosine", or in two "step"s.
        warmup: Steps of the warm-up.
        decay: Share of the steps, at the end, in which it falls (cosine over the whole run: 1).
        weight_decay: Of AdamW.
        clip: Gradients are scaled down to this norm.
        freeze: So many stages of the backbone do not learn (2: stem and res2, as Detectron2 fine-tunes).
        keep_statistics: Batch normalisation computes with the statistics that the weights came with; what it scales and
            adds learns.
        ema: Decay of the moving average of the weights, the ones that are exported.
        device: Where the network trains; "auto" takes a GPU where there is one.
        precision: "bf16" and "fp16" compute convolutions in that format, fp16 with a scaled loss; "auto" takes bf16
            where the device computes in it, else fp32.
        compile: Let torch compile the network: slow to start, quicker afterwards on a GPU.
        seed: Everything random follows from it and the step.
        workers: Processes that make crops.
        checkpoint_every: Steps between checkpoints.
        log: Where scalars and pictures go beside the run folder's own files: "tensorboard", "mlflow", "wandb".
        validation: What is measured while training.
        view: "crops" of pages, or whole "pages".
        crops: For crops.
        resize: For whole pages.
        flip: Share of the samples that are seen in a mirror. Writing is never mirrored, so none.
        augment: What copies do to pages.
        paste: Marks of one page on another.
        replace: Other marks in the places of a page's own.
        imbalance: For rare labels.
        hard_examples: Where a model erred.
        cache: Resized pages kept.
        ink: What is written on pages, and pages that are made from nothing.
        set_weights: How often a data set is drawn, by its name, against its number of pages (1).
        assume_exhaustive: Data sets, by name, taken as fully annotated for every label.
    """

    model: ModelConfig
    steps: int = Field(default=10_000, gt=0)
    batch: int = Field(default=8, gt=0)
    accumulate: int = Field(default=1, gt=0)
    learning_rate: float = Field(default=1e-3, gt=0)
    schedule: Literal["linear", "cosine", "step"] = "linear"
    warmup: int = 300
    decay: float = Field(default=0.3, ge=0, le=1)
    weight_decay: float = 0.05
    clip: float = 5.0
    freeze: int = Field(default=0, ge=0, le=5)
    keep_statistics: bool = False
    ema: float = 0.998
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "fp32", "bf16", "fp16"] = "fp32"
    compile: bool = False
    seed: int = 1
    workers: int = 1
    checkpoint_every: int = Field(default=250, gt=0)
    log: tuple[Literal["tensorboard", "mlflow", "wandb"], ...] = ()
    validation: ValidationConfig = ValidationConfig()
    view: Literal["crops", "pages"] = "crops"
    crops: CropConfig = CropConfig()
    resize: ResizeConfig = ResizeConfig()
    flip: Share = 0.0
    augment: AugmentConfig = AugmentConfig()
    paste: PasteConfig = PasteConfig()
    replace: ReplaceConfig = ReplaceConfig()
    imbalance: ImbalanceConfig = ImbalanceConfig()
    hard_examples: HardExampleConfig = HardExampleConfig()
    cache: CacheConfig = CacheConfig()
    ink: InkConfig = InkConfig()
    set_weights: dict[str, float] = Field(default_factory=dict)
    assume_exhaustive: tuple[str, ...] = ()

    @property
    def learns_statistics(self) -> bool:
        """Whether a step's images are normalised together, so that it matters how many go through at once."""
        return self.model.backbone.norm == "batch" and not self.keep_statistics


def read_config(path: Path) -> TrainConfig:
    """Reads a YAML file.

    Raises:
        DocmarksError: The file is missing, is no YAML, or has an unknown key or a wrong value (the first is named).
    """
    return make_config(read_settings(path), path)


def read_settings(path: Path) -> dict[str, Any]:
    """The keys of a YAML file, as they stand there.

    Raises:
        DocmarksError: The file is missing, is no YAML or holds no keys.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise DocmarksError(f"{path}: no such configuration file") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise DocmarksError(f"{path}: not readable as YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(data, dict):
        raise DocmarksError(f"{path}: not a configuration: it needs keys such as steps and learning_rate")
    return data


def make_config(settings: Mapping[str, Any], path: Path) -> TrainConfig:
    """The configuration that these keys describe.

    Args:
        settings: Keys and values.
        path: The file to name in an error.

    Raises:
        DocmarksError: An unknown key or a wrong value.
    """
    if isinstance(settings.get("model"), dict):
        settings = {**settings, "model": with_labels(settings["model"])}
    try:
        return TrainConfig.model_validate(settings)
    except ValidationError as error:
        raise DocmarksError(f"{path}: {first_problem(error, TrainConfig, 'configuration')}") from error


def with_labels(model: dict[str, Any]) -> dict[str, Any]:
    """A model's section with the labels of its groups, or else of its label set, where it names none itself."""
    if "labels" in model:
        return model
    groups = model.get("groups")
    if isinstance(groups, dict) and groups and all(isinstance(labels, list) for labels in groups.values()):
        return {**model, "labels": [label for labels in groups.values() for label in labels]}
    named = model.get("label_set", "default")
    if not named or isinstance(named, dict):
        return model  # labels of its own, or a set that the validation looks at
    return {**model, "labels": list(LabelSet.load(named).labels)}


def write_config(config: TrainConfig, path: Path) -> None:
    """Writes the configuration as YAML, atomically."""
    write_text(path, yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False))
