"""The training loop."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from docmarks.errors import DocmarksError
from docmarks.model.detector import FasterRCNN
from docmarks.train.checkpoint import Checkpoint, build_model, load_optimizer, read_checkpoint, save_checkpoint
from docmarks.train.config import TrainConfig, write_config
from docmarks.train.ema import Average
from docmarks.train.feed import Batch, TrainingSamples, batches
from docmarks.train.freeze import freeze


def rate(config: TrainConfig, step: int) -> float:
    """Learning rate of a step: linear warm-up, constant, linear decay to a hundredth."""
    decay_steps = max(1, round(config.steps * config.decay))
    up = min(1.0, (step + 1) / max(1, config.warmup))
    left = (config.steps - step) / decay_steps
    return config.learning_rate * up * max(0.01, min(1.0, left))


class Trainer:
    """Model, optimizer and average, with one method a concern."""

    def __init__(self, config: TrainConfig, model: FasterRCNN) -> None:
        """Takes the model as it is; ``restore`` continues a run."""
        self.config = config
        self.model = model.to(memory_format=torch.channels_last)
        freeze(model, config.freeze)
        learning = [p for p in model.parameters() if p.requires_grad]
        decayed = [p for p in learning if p.ndim > 1]
        plain = [p for p in learning if p.ndim <= 1]
        groups = [
            {"params": decayed, "weight_decay": config.weight_decay},
            {"params": plain, "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=config.learning_rate)
        self.average = Average(model, config.ema)
        self.step = 0

    def restore(self, checkpoint: Checkpoint) -> None:
        """Goes on where the checkpoint stopped."""
        self.model.load_state_dict(checkpoint.part("model"))
        self.average.load(checkpoint.part("average"))
        load_optimizer(self.optimizer, self.model, checkpoint.part("optimizer"))
        self.step = int(checkpoint.info["step"])

    def save(self, path: Path) -> None:
        """Writes a checkpoint."""
        save_checkpoint(path, self.model, self.average, self.optimizer, {"step": self.step})

    def train_step(self, batch: Batch) -> dict[str, float]:
        """One optimizer step: the losses, the gradient's norm and the learning rate.

        Raises:
            DocmarksError: A loss is not finite.
        """
        images, targets = batch.images, batch.targets
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.config, self.step)
        generator = torch.Generator().manual_seed(self.config.seed * 1_000_003 + self.step)
        pixels = images.float().contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.config.precision == "bf16"):
            losses = self.model.losses(pixels, targets, generator)
        loss = torch.stack(list(losses.values())).sum()
        if not math.isfinite(float(loss.detach())):
            parts = ", ".join(f"{name} {float(value.detach()):.3g}" for name, value in losses.items())
            raise DocmarksError(f"the loss is not finite at step {self.step} ({parts}); lower learning_rate")
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip)
        self.optimizer.step()
        self.step += 1
        self.average.update(self.model, self.step)
        numbers = {"loss": float(loss.detach())} | {name: float(value.detach()) for name, value in losses.items()}
        return numbers | {"gradient_norm": float(norm), "lr": self.optimizer.param_groups[0]["lr"]}


def take_weights(model: FasterRCNN, start: Checkpoint) -> None:
    """Puts the checkpoint's weights into ``model``.

    Raises:
        DocmarksError: They are of another network.
    """
    try:
        model.load_state_dict(build_model(start).state_dict())
    except RuntimeError as error:
        told = str(error).splitlines()[1].strip() if "\n" in str(error) else str(error)
        raise DocmarksError(
            f"the weights to start from are of another network ({told}); use its configuration"
        ) from error


Watch = Callable[[int, float], None]
"""Told the steps done and the loss of the last."""


def train(
    config: TrainConfig,
    samples: TrainingSamples,
    out: Path,
    start: Checkpoint | None = None,
    watch: Watch | None = None,
) -> Path:
    """Trains, or goes on training, in the run folder ``out``.

    Args:
        config: The run.
        samples: Its training samples.
        out: Run folder; a ``last.safetensors`` there is continued.
        start: Weights to begin from, for a new run.
        watch: Told of the progress.

    Returns:
        The path of the last checkpoint.
    """
    out.mkdir(parents=True, exist_ok=True)
    last = out / "last.safetensors"
    torch.manual_seed(config.seed)
    model = FasterRCNN(config.model)
    if start is not None:
        take_weights(model, start)
    trainer = Trainer(config, model)
    if last.exists():
        trainer.restore(read_checkpoint(last))
    write_config(config, out / "config.yaml")
    model.train()
    with (out / "metrics.jsonl").open("a", buffering=1) as log:
        began, waited = time.perf_counter(), 0.0
        stream = batches(config, samples, trainer.step)
        while trainer.step < config.steps:
            asked = time.perf_counter()
            batch = next(stream)
            waited += time.perf_counter() - asked
            numbers = trainer.train_step(batch)
            elapsed = time.perf_counter() - began
            line = {
                "step": trainer.step,
                **numbers,
                "seconds": round(elapsed, 2),
                "waiting": round(waited / elapsed, 3),
            }
            log.write(json.dumps(line) + "\n")
            if watch is not None:
                watch(trainer.step, numbers["loss"])
            if trainer.step % config.checkpoint_every == 0 or trainer.step == config.steps:
                trainer.save(last)
    return last
