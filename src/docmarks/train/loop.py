"""The training loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

from docmarks.errors import DocmarksError
from docmarks.evaluate.evaluation import Evaluation
from docmarks.files.atomic import make_folder, write_json
from docmarks.model.detector import FasterRCNN
from docmarks.train.checkpoint import read_checkpoint, write_tensors
from docmarks.train.config import TrainConfig, write_config
from docmarks.train.device import Device
from docmarks.train.distributed import ALONE, Processes
from docmarks.train.environment import environment
from docmarks.train.feed import TrainingSamples, batches
from docmarks.train.folder_lock import locked
from docmarks.train.interrupts import Interrupted, Wish, heeded
from docmarks.train.meter import Meter
from docmarks.train.pictures import pictures
from docmarks.train.run_folder import RunFolder
from docmarks.train.start import Start, fit
from docmarks.train.stopping import Stopping
from docmarks.train.trainer import Trainer
from docmarks.train.validate import Validator, summary
from docmarks.train.watch import Unwatched, Watch
from docmarks.train.writers.open import opened
from docmarks.train.writers.writer import Writer

T = TypeVar("T")


class Run:
    """A training run in its folder: trains, measures, keeps the best, saves."""

    def __init__(
        self,
        config: TrainConfig,
        out: Path,
        start: Start | None,
        validator: Validator | None,
        device: Device,
        processes: Processes,
    ) -> None:
        """Begins, or goes on from the folder's last checkpoint."""
        self.config, self.validator, self.processes = config, validator, processes
        self.folder = RunFolder(out)
        self.stopping = Stopping(config.validation)
        torch.manual_seed(config.seed)
        model = FasterRCNN(config.model)
        self.messages = [] if start is None else fit(model, start)
        self.trainer = Trainer(config, model, device, processes)
        # Minimum scores of the weights to start from: for labels of which the validation part tells none.
        given = {} if start is None else start.thresholds
        self.thresholds = {label: given[label] for label in config.model.labels if label in given}
        # The weights to start from are measured too: the gain counts from there.
        self.unmeasured = True
        if processes.share(self.folder.last.exists()):
            checkpoint = read_checkpoint(self.folder.last)
            self.trainer.restore(checkpoint)
            self.stopping.restore(checkpoint.info.get("stopping", self.stopping.state()))
            self.messages = []
            self.thresholds = checkpoint.info.get("thresholds") or {}
            self.unmeasured = bool(checkpoint.info.get("unmeasured", self.trainer.step == 0))

    def prepare_folder(self) -> None:
        """Writes what the run depends on, and drops what an interrupted run wrote after its last checkpoint."""
        if not self.processes.leads:
            return
        write_config(self.config, self.folder.config)
        write_json(self.folder.environment, environment(self.trainer.device, self.processes))
        step = self.trainer.step
        self.folder.cut_back(step, step - 1 if self.unmeasured else step)
        if not self.folder.last.exists():
            self.save()

    def save(self) -> None:
        """The checkpoint to go on from."""
        if self.processes.leads:
            known = {"stopping": self.stopping.state(), "unmeasured": self.unmeasured, "thresholds": self.thresholds}
            self.trainer.save(self.folder.last, **known)

    def save_best(self, evaluation: Evaluation | None) -> None:
        """The averaged weights, with the figures and thresholds that were measured with them."""
        tensors = {f"model.{name}": value for name, value in self.trainer.average.state.items()}
        info: dict[str, Any] = {"step": self.trainer.step, "stopping": self.stopping.state()}
        info["thresholds"] = self.thresholds | ({} if evaluation is None else best_thresholds(evaluation))
        if evaluation is not None:
            write_json(self.folder.results, {"step": self.trainer.step} | evaluation.to_json())
        write_tensors(self.folder.best, tensors, self.config.model, info)

    def due(self) -> tuple[bool, bool]:
        """Whether losses and AP of the validation part are due after this step (0: of the weights to start from)."""
        if self.validator is None:
            return False, False
        plan, step = self.config.validation, self.trainer.step
        ends = step == self.config.steps
        return (
            plan.loss_every > 0 and (step % plan.loss_every == 0 or ends),
            (plan.ap_every > 0 and step % plan.ap_every == 0) or ends,
        )

    def measure(self, writers: Sequence[Writer], watch: Watch, wish: Wish) -> None:
        """What is due on the validation part.

        Raises:
            Interrupted: Somebody wants it to stop. The checkpoint before it knows that this is still to be done.
        """
        step, (want_loss, want_ap) = self.trainer.step, self.due()
        self.unmeasured = False
        if self.validator is None or not (want_loss or want_ap):
            return
        self.validator.load(self.trainer.average.state)
        figures = self.validator.losses() if want_loss else {}
        evaluation = None
        if want_ap and self.processes.leads:
            evaluation = self.validator.precision(lambda pages: self._unless_stopped(watch.pages(pages), wish))
            figures |= summary(evaluation)
            for name, picture in pictures(evaluation, self.config.validation.pictures):
                for writer in writers:
                    writer.picture(step, name, np.asarray(picture))
        figures = self.processes.share(figures)
        if self.stopping.told(step, figures) and self.processes.leads:
            self.save_best(evaluation)
        for writer in writers:
            writer.validation(step, figures)

    def _unless_stopped(self, pages: Iterable[T], wish: Wish) -> Iterator[T]:
        for page in pages:
            # Several processes stop together, between two steps: the others wait for these figures.
            if wish.stop and self.processes.count == 1:
                raise self._interrupted()
            yield page

    def _interrupted(self) -> Interrupted:
        return Interrupted(
            f"stopped after step {self.trainer.step} of {self.config.steps}, nothing is lost; "
            f"go on with: docmarks train --resume {self.folder.path}"
        )

    def steps(self, samples: TrainingSamples, writers: Sequence[Writer], watch: Watch) -> None:
        """Trains to the end.

        Raises:
            Interrupted: Somebody wants it to stop; a checkpoint is written.
            DocmarksError: It cannot go on.
        """
        trainer, config = self.trainer, self.config
        device, processes = trainer.device, self.processes
        pin = device.place.type == "cuda"
        stream = batches(config, samples, trainer.step, processes.rank, processes.count, pin)
        trainer.model.train()
        saved = trainer.step
        meter = Meter(config.batch)
        with heeded() as wish:
            if self.unmeasured:
                self.measure(writers, watch, wish)
                if trainer.step > 0:
                    self.save()
            while trainer.step < config.steps and not self.stopping.exhausted:
                parts = meter.wait_for(stream, config.accumulate)
                numbers = trainer.train_step(parts)
                figures = numbers | meter.figures() | {"peak_memory_mib": round(device.peak_memory(), 1)}
                for writer in writers:
                    writer.scalars(trainer.step, figures)
                watch(trainer.step, numbers["loss"])
                with meter.paused():
                    stops = processes.any(wish.stop, device.place)
                    loss, precision = self.due()
                    self.unmeasured = loss or precision
                    # Also before minutes of measuring, in which somebody may lose patience.
                    if stops or precision:
                        self.save()
                        saved = trainer.step
                    if stops and (self.unmeasured or trainer.step < config.steps):
                        raise self._interrupted()
                    self.measure(writers, watch, wish)
                    if precision or trainer.step % config.checkpoint_every == 0:
                        self.save()
                        saved = trainer.step
            if saved < trainer.step:
                self.save()


def best_thresholds(evaluation: Evaluation) -> dict[str, float]:
    """By label, where the validation part has enough marks to tell."""
    return {label: float(t.score) for label, t in evaluation.best_thresholds.items() if t.told}


def train(
    config: TrainConfig,
    samples: TrainingSamples,
    out: Path,
    start: Start | None = None,
    watch: Watch | None = None,
    validator: Validator | None = None,
    device: Device | None = None,
    processes: Processes = ALONE,
    tell: Callable[[str], None] | None = None,
) -> Path:
    """Trains, or goes on training, in the run folder ``out``.

    Args:
        config: The run.
        samples: Its training samples.
        out: Run folder; a ``last.safetensors`` there is continued.
        start: Weights to begin from, for a new run.
        watch: Told of the progress.
        validator: Measures on the validation part; None measures nothing.
        device: Where to train; None takes what the configuration says.
        processes: Who trains together.
        tell: Told what became of the weights to start from, a line at a time.

    Returns:
        The checkpoint with the weights to use: the best, or without a validation part the last.

    Raises:
        Interrupted: By Ctrl-C or SIGTERM; a checkpoint is written.
        DocmarksError: It cannot go on; the last checkpoint is whole.
    """
    if processes.leads:
        make_folder(out)
    device = device or Device.choose(config, processes.local_rank)
    try:
        with locked(out) if processes.leads else nullcontext():
            run = Run(config, out, start, validator, device, processes)
            for message in run.messages:
                if tell is not None:
                    tell(message)
            run.prepare_folder()
            if processes.leads:
                with opened(run.folder, config.log, run.trainer.step) as writers:
                    run.steps(samples, writers, Unwatched() if watch is None else watch)
            else:
                run.steps(samples, [], Unwatched())
    except OSError as error:
        raise DocmarksError(
            f"{out}: cannot be written ({error.strerror}); free some space, "
            f"then go on with: docmarks train --resume {out}"
        ) from error
    except torch.OutOfMemoryError as error:
        raise DocmarksError(
            f"out of memory on {device.place}: raise accumulate (now {config.accumulate}) "
            f"or lower batch (now {config.batch})"
        ) from error
    return run.folder.best if run.folder.best.exists() else run.folder.last
