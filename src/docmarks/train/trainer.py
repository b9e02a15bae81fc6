"""One optimizer step, and what it needs: model, optimizer, average, scaler."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from docmarks.errors import DocmarksError
from docmarks.machine.heap import keep_freed_memory
from docmarks.model.batch import Size
from docmarks.model.detector import FasterRCNN
from docmarks.model.matching import Count, Draws
from docmarks.model.targets import Targets
from docmarks.train.checkpoint import Checkpoint, load_optimizer, save_checkpoint
from docmarks.train.config import TrainConfig
from docmarks.train.device import Device
from docmarks.train.distributed import ALONE, Processes
from docmarks.train.ema import Average
from docmarks.train.feed import Batch
from docmarks.train.freeze import freeze
from docmarks.train.memory import keeps
from docmarks.train.schedule import rate

COMPILED = ("backbone", "fpn", "rpn_head")
"""Parts whose shapes stay the same from step to step; the second stage's do not."""


class Losses(nn.Module):
    """The losses as a module's ``forward``: what torch wraps to average gradients over processes."""

    def __init__(self, model: FasterRCNN, count: Count) -> None:
        """``count`` as in ``FasterRCNN.losses``."""
        super().__init__()
        self.model, self.count = model, count

    def forward(
        self, images: Tensor, targets: Sequence[Targets], draws: Draws, sizes: Sequence[Size]
    ) -> dict[str, Tensor]:
        """The four losses of a batch."""
        return self.model.losses(images, targets, draws, sizes, self.count)


class Trainer:
    """Model, optimizer and average, with one method a concern."""

    def __init__(
        self, config: TrainConfig, model: FasterRCNN, device: Device | None = None, processes: Processes = ALONE
    ) -> None:
        """Takes the model as it is; ``restore`` continues a run."""
        self.config = config
        self.device = device or Device.choose(config)
        self.processes = processes
        if keeps(config, self.device.place):
            keep_freed_memory()
        if processes.count > 1 and self.device.place.type == "cuda":
            nn.SyncBatchNorm.convert_sync_batchnorm(model)
        self.model = model.to(self.device.place, memory_format=self.device.layout)  # type: ignore[call-overload]
        freeze(model, config.freeze, config.keep_statistics)
        learning = [p for p in model.parameters() if p.requires_grad]
        decayed = [p for p in learning if p.ndim > 1]
        plain = [p for p in learning if p.ndim <= 1]
        groups = [
            {"params": decayed, "weight_decay": config.weight_decay},
            {"params": plain, "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(groups, lr=config.learning_rate)
        self.average = Average(model, config.ema)
        self.scaler = self.device.scaler()
        if config.compile:
            for name in COMPILED:
                getattr(model, name).compile()  # in place: the names of the parameters stay
        losses = Losses(model, processes.mean)
        self.losses = DistributedDataParallel(losses) if processes.count > 1 else losses
        self.step = 0

    def restore(self, checkpoint: Checkpoint) -> None:
        """Goes on where the checkpoint stopped."""
        self.model.load_state_dict(checkpoint.part("model"))
        self.average.load(checkpoint.part("average"))
        load_optimizer(self.optimizer, self.model, checkpoint.part("optimizer"))
        if checkpoint.info.get("scaler"):
            self.scaler.load_state_dict(checkpoint.info["scaler"])
        self.step = int(checkpoint.info["step"])

    def save(self, path: Path, **info: Any) -> None:
        """Writes a checkpoint; ``info`` is what else the run must know to go on."""
        known = {"step": self.step, "scaler": self.scaler.state_dict()}
        save_checkpoint(path, self.model, self.average, self.optimizer, known | info)

    def train_step(self, parts: Sequence[Batch], learning_rate: float | None = None) -> dict[str, float]:
        """One optimizer step: the losses, the gradient's norm and the learning rate.

        Args:
            parts: The step's images (of this process), in ``config.accumulate`` batches.
            learning_rate: None takes that of the schedule.

        Raises:
            DocmarksError: A loss or gradient is not finite, on this process or another; the run cannot go on from here.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = rate(self.config, self.step) if learning_rate is None else learning_rate
        # Whatever draws from torch's global state follows from the step too: a run resumes without it being saved.
        torch.manual_seed(self.config.seed * 1_000_003 + self.step)
        self.optimizer.zero_grad(set_to_none=True)
        sums: dict[str, Tensor] = {}
        for number, batch in enumerate(parts, start=1):
            with contextlib.nullcontext() if number == len(parts) else self._unsynchronised():
                losses = self._losses(batch)
                self.scaler.scale(torch.stack(list(losses.values())).sum() / len(parts)).backward()
            for name, value in losses.items():
                sums[name] = sums.get(name, 0) + value.detach().float() / len(parts)
        values = self.processes.mean(torch.stack(list(sums.values()))).tolist()
        numbers = {"loss": math.fsum(values)} | dict(zip(sums, values, strict=True))
        if not math.isfinite(numbers["loss"]):
            self._stop("loss", numbers, parts)
        self.scaler.unscale_(self.optimizer)
        norm = float(nn.utils.clip_grad_norm_(self.model.parameters(), self.config.clip))
        if not (math.isfinite(norm) or self.scaler.is_enabled()):  # a scaler leaves such a step out, and scales less
            self._stop("gradient", numbers, parts)
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.step += 1
        self.average.update(self.model, self.step)
        return numbers | {"gradient_norm": norm, "lr": self.optimizer.param_groups[0]["lr"]}

    def _losses(self, batch: Batch) -> dict[str, Tensor]:
        device = self.device.place
        pixels = batch.images.to(device, non_blocking=True).float().contiguous(memory_format=self.device.layout)
        with self.device.autocast():
            losses: dict[str, Tensor] = self.losses(pixels, batch.targets, self._draws(batch.numbers), batch.sizes)
        return losses

    def _draws(self, numbers: Sequence[int]) -> list[torch.Generator]:
        """A generator an image, from its number alone: whoever computes it, in whatever batch, draws the same."""
        return [torch.Generator().manual_seed(self.config.seed * 1_000_000_007 + number) for number in numbers]

    def _unsynchronised(self) -> contextlib.AbstractContextManager[Any]:
        """Gradients of all parts but the last stay in this process."""
        return self.losses.no_sync() if isinstance(self.losses, DistributedDataParallel) else contextlib.nullcontext()

    def _stop(self, what: str, numbers: dict[str, float], parts: Sequence[Batch]) -> None:
        """Raises, naming the images that do it alone."""
        told = ", ".join(f"{name} {value:.3g}" for name, value in numbers.items() if name != "loss")
        culprits = self._culprits(parts)
        found = list(dict.fromkeys(source for each in self.processes.gather(culprits) for source in each))
        if found and len(found) < self.config.batch:
            cure = f"look at {', '.join(found[:8])}"
        else:
            cure = "lower learning_rate"
            found = list(dict.fromkeys(source for batch in parts for source in batch.sources))
            cure += f", or look at the images of this step: {', '.join(found[:8])}"
        raise DocmarksError(f"the {what} is not finite at step {self.step} ({told}); {cure}")

    @torch.no_grad()
    def _culprits(self, parts: Sequence[Batch]) -> list[str]:
        """Sources of the images whose own losses are not finite.

        Asked of the averaged weights: they have not seen this step, whose batch may have spoilt the statistics.
        """
        self.model.load_state_dict(self.average.state)
        self.model.eval()
        found = []
        for batch in parts:
            for i, source in enumerate(batch.sources):
                image = batch.images[i : i + 1].to(self.device.place).float()
                targets, draws = batch.targets[i : i + 1], self._draws(batch.numbers[i : i + 1])
                with self.device.autocast():
                    losses = self.model.losses(image, targets, draws, batch.sizes[i : i + 1])
                if not all(math.isfinite(float(value)) for value in losses.values()):
                    found.append(source)
        return found
