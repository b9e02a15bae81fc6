"""What a training would do, told before it does: labels, anchors, steps, time, memory."""

from __future__ import annotations

import math
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from docmarks.data.coco_file import read
from docmarks.data.dataset import Dataset
from docmarks.data.split import pages_of
from docmarks.experiments.run import Request, prepared
from docmarks.experiments.start import Fetching, find_start
from docmarks.model.detector import FasterRCNN
from docmarks.report.anchor_coverage import Coverage, coverage
from docmarks.train.config import TrainConfig
from docmarks.train.device import MEBIBYTE, Device
from docmarks.train.distributed import ALONE
from docmarks.train.feed import batches
from docmarks.train.prepare import label_set_of
from docmarks.train.samples.stream import Samples
from docmarks.train.start import fit
from docmarks.train.trainer import Trainer
from docmarks.train.validate import Validator

MEASURED = 3
"""Real steps; the first, which prepares memory, does not count."""


@dataclass(frozen=True)
class LabelCount:
    """One label of the model in the data.

    Attributes:
        label: Its name.
        training: Boxes to train on.
        validation: Boxes to measure on.
        complete: Training pages on which it is fully annotated: elsewhere nothing is background for it.
    """

    label: str
    training: int
    validation: int
    complete: int


@dataclass(frozen=True)
class DryRun:
    """What would happen.

    Attributes:
        config: As resolved.
        pages: (training, validation) pages.
        labels: Counts of each label.
        anchors: How well the anchors fit each label's boxes.
        notes: What starting from weights and fitting into memory would say.
        epochs: How often every training page would be seen, on average; 0 without pages.
        seconds: A step takes, measured; its first part is waiting for data.
        waiting: Share of that.
        validation: Seconds that all measurements on the validation part would take, from those of a page.
        memory: Peak of this process (or of the GPU) over the measured steps, in bytes.
    """

    config: TrainConfig
    pages: tuple[int, int]
    labels: tuple[LabelCount, ...]
    anchors: tuple[Coverage, ...]
    notes: tuple[str, ...]
    epochs: float
    seconds: float
    waiting: float
    validation: float
    memory: float


def dry_run(request: Request, fetching: Fetching | None = None) -> DryRun:
    """Resolves the request and takes a few steps that are thrown away; nothing is written.

    Args:
        request: What would be done.
        fetching: As in ``run``.

    Raises:
        DocmarksError: Whatever the run itself would refuse.
    """
    datasets = [read(path) for path in request.data]
    start = None if request.start is None else find_start(request.start, fetching)
    notes: list[str] = []
    config, samples, _ = prepared(request, start, datasets, notes.append)
    model = FasterRCNN(config.model)
    if start is not None:
        notes += fit(model, start)
    rules = label_set_of(config)
    known = [dataset.completed(config.assume_exhaustive, rules) for dataset in datasets]
    parts = [[pages_of(dataset, part).relabel(rules) for dataset in known] for part in ("train", "val")]
    pages = tuple(sum(len(dataset.pages) for dataset in part) for part in parts)
    real = 1 - config.ink.pages if request.data else 0.0
    seconds, waiting, memory = measure(config, model, samples)
    validation = validation_seconds(config, datasets)
    return DryRun(
        config,
        (pages[0], pages[1]),
        tuple(label_counts(config.model.labels, *parts)),
        tuple(coverage(parts[0], config.model.input, config.model.anchors)),
        tuple(notes),
        config.steps * config.batch * real / pages[0] if pages[0] else 0.0,
        seconds,
        waiting,
        validation,
        memory,
    )


def label_counts(labels: Sequence[str], training: Sequence[Dataset], validation: Sequence[Dataset]) -> list[LabelCount]:
    """The boxes of each label, in the labels' order."""

    def count(datasets: Sequence[Dataset]) -> Counter[str]:
        marks = (mark for d in datasets for page in d.pages for mark in page.page.marks if not mark.ignore)
        return Counter(label for mark in marks for label in mark.labels)

    complete = Counter(label for d in training for page in d.pages for label in page.exhaustive)
    train, val = count(training), count(validation)
    return [LabelCount(label, train[label], val[label], complete[label]) for label in labels]


def measure(config: TrainConfig, model: FasterRCNN, samples: Samples) -> tuple[float, float, float]:
    """(seconds a step, share of waiting, peak memory in bytes) of a few real steps."""
    few = config.model_copy(update={"steps": MEASURED, "workers": 0})
    device = Device.choose(config)
    trainer = Trainer(config, model.train(), device)
    stream = batches(few, samples, 0)
    took: list[tuple[float, float]] = []
    for _ in range(MEASURED):
        began = time.perf_counter()
        parts = [next(stream) for _ in range(config.accumulate)]
        got = time.perf_counter()
        trainer.train_step(parts)
        took.append((got - began, time.perf_counter() - got))
    counted = took[1:]
    making, learning = (statistics.median(each) for each in zip(*counted, strict=True))
    # Workers make samples meanwhile; what they cannot keep up with is waited for.
    waited = making if config.workers == 0 else max(0.0, making / config.workers - learning)
    seconds = learning + waited
    return seconds, waited / seconds, device.peak_memory() * MEBIBYTE


def validation_seconds(config: TrainConfig, datasets: Sequence[Dataset]) -> float:
    """Seconds of all measurements on the validation part; 0 where there is none."""
    plan = config.validation
    pages = [pages_of(dataset, "val") for dataset in datasets]
    total = sum(len(part.pages) for part in pages)
    if total == 0:
        return 0.0
    some = next(part for part in pages if part.pages)
    validator = Validator(config, [replace(some, pages=some.pages[:1])], Device.choose(config), ALONE)
    # The first time reads the page, prepares memory and chooses kernels, and takes up to a half longer.
    validator.losses()
    validator.precision()
    loss, precision = timed(validator.losses), timed(validator.precision)
    losses = 1 + math.ceil(config.steps / plan.loss_every) if plan.loss_every else 0  # the first before any step
    precisions = 1 + math.ceil(config.steps / plan.ap_every) if plan.ap_every else 1  # at the end
    return losses * min(plan.pages, total) * loss + precisions * total * precision


def timed(job: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    job()
    return time.perf_counter() - began


def show(found: DryRun, tell: Callable[[str], None]) -> None:
    """Tells it in lines and tables of text."""
    config = found.config
    tell(f"pages: {found.pages[0]} to train on, {found.pages[1]} to measure on")
    for note in found.notes:
        tell(note)
    width = max(len(label) for label in config.model.labels)
    fits = {one.label: one for one in found.anchors}
    tell(f"{'label':<{width}}  training  validation  complete on  median px  anchors cover")
    for row in found.labels:
        one = fits.get(row.label)
        fit_text = f"{one.side_px:>9.0f}  {one.covered:>12.0%}" if one else f"{'-':>9}  {'-':>12}"
        tell(f"{row.label:<{width}}  {row.training:>8}  {row.validation:>10}  {row.complete:>11}  {fit_text}")
    missing = ", ".join(row.label for row in found.labels if row.training == 0)
    if missing:
        tell(f"no box to learn from{', but for made ones' if config.ink.pages else ''}: {missing}")
    size = f"{config.crops.width} x {config.crops.height} crops" if config.view == "crops" else "whole pages"
    epochs = f", every page about {found.epochs:.1f} times" if found.epochs else ""
    tell(f"steps: {config.steps} of {config.batch} images ({size}, accumulate {config.accumulate}){epochs}")
    tell(
        f"time: {found.seconds:.2f} s a step ({found.waiting:.0%} waiting for data), "
        f"about {duration(found.seconds * config.steps + found.validation)}, "
        f"{duration(found.validation)} of it measuring on the validation part"
    )
    tell(f"memory: {found.memory / 2**30:.1f} GiB at its peak over {MEASURED} steps")
    tell("nothing was written")


def duration(seconds: float) -> str:
    """As "3 h 20 min", "12 min" or "40 s"."""
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
