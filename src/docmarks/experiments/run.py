"""A whole run: configuration, data, loop, exported model, report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from docmarks.data.coco_file import read
from docmarks.data.dataset import Dataset
from docmarks.data.fingerprint import fingerprint
from docmarks.data.split import pages_of
from docmarks.errors import DocmarksError
from docmarks.experiments.fine_tuning import over, over_recipe
from docmarks.experiments.finish import finish, gain
from docmarks.experiments.hard_examples import read_mistakes, write_mistakes, written_mistakes
from docmarks.experiments.left_out import left_out
from docmarks.experiments.recipes import recipe_path
from docmarks.experiments.start import Fetching, find_start
from docmarks.files.atomic import make_folder, write_json
from docmarks.labels.label_set import LabelSet
from docmarks.model.detector import FasterRCNN
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.page import SyntheticPages
from docmarks.train.config import TrainConfig, make_config, read_config, read_settings
from docmarks.train.device import Device
from docmarks.train.distributed import Processes, joined
from docmarks.train.feed import StepNumbers
from docmarks.train.loop import train
from docmarks.train.lr_finder import Sweep, sweep
from docmarks.train.memory import within
from docmarks.train.prepare import label_set_of, prepare
from docmarks.train.run_folder import RunFolder
from docmarks.train.samples.hard_examples import Mistakes
from docmarks.train.samples.stream import Samples
from docmarks.train.start import Start, fit, for_labels
from docmarks.train.validate import Validator
from docmarks.train.watch import Watch

Tell = Callable[[str], None]
Watched = Callable[[int], AbstractContextManager[Watch]]
"""Given the steps of the run, makes what follows them."""


@dataclass(frozen=True)
class Request:
    """What a user asks for.

    Attributes:
        data: Data folders; their training parts are used.
        config_file: YAML; None takes the recipe for fine-tuning if there are weights to start from, else that of the
            model that ships.
        out: Run folder.
        start: Weights to begin from, as ``find_start`` takes them; None begins from nothing.
        label_set: Name or YAML file of a label set; None takes the model's.
        changes: Keys of the configuration that the command line overrides; "validation" and "ink" hold theirs.
        max_memory: Bytes that a training step may take; None does not look.
        hard_examples: What a model found on the training pages, as files; crops are cut where it erred.
    """

    data: tuple[Path, ...] = ()
    config_file: Path | None = None
    out: Path = Path("runs/train")
    start: str | None = None
    label_set: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    max_memory: float | None = None
    hard_examples: tuple[Path, ...] = ()


def run(
    request: Request, watch: Watched | None = None, tell: Tell | None = None, fetching: Fetching | None = None
) -> Path:
    """Trains in a new run folder, and returns the checkpoint with the weights to use.

    Args:
        request: What to do.
        watch: Makes a progress bar.
        tell: Told what is worth knowing, a line at a time.
        fetching: Shows the progress where the weights to start from are downloaded.

    Raises:
        DocmarksError: Something is wrong with data, weights or configuration, the folder holds a run, or the training
            cannot go on.
        Interrupted: It was stopped from outside.
    """
    folder = RunFolder(request.out)
    with joined() as processes:
        if processes.share(folder.last.exists()):
            raise DocmarksError(
                f"{request.out}: holds a run; go on with `docmarks train --resume {request.out}`, or choose another -o"
            )
        tell = tell if tell is not None and processes.leads else _say_nothing
        if not request.data and request.config_file is None:
            raise DocmarksError("name data sets to train on, or a --config that makes its pages (ink.pages: 1)")
        if request.max_memory is not None and processes.count > 1:
            raise DocmarksError("--max-memory looks at one process; with several choose --accumulate yourself")
        datasets = [read(path) for path in request.data]
        start = _start(request.start, processes, fetching)
        # Whatever is refused is refused before there is a folder, a batch that cannot be shared among them.
        config, samples, mistakes = prepared(request, start, datasets, tell)
        StepNumbers(config, 0, processes.rank, processes.count)
        if processes.leads:
            make_folder(request.out)
            write_json(folder.data, describe(request.data, datasets, request.start))
            if mistakes:
                write_mistakes(mistakes, folder.mistakes)
        return _trained(config, datasets, samples, folder, start, processes, watch, tell)


def resume(
    out: Path,
    changes: dict[str, Any],
    other_data: bool,
    watch: Watched | None,
    tell: Tell | None,
    fetching: Fetching | None = None,
) -> Path:
    """Goes on with a run where its last checkpoint stands.

    Args:
        out: Run folder.
        changes: Keys of the configuration to change: steps, device and the like.
        other_data: Go on even if the data sets have changed.
        watch: Makes a progress bar.
        tell: Told what is worth knowing.
        fetching: As in ``run``.

    Raises:
        DocmarksError: There is no run, its data sets have gone or changed, or it cannot go on.
        Interrupted: It was stopped from outside.
    """
    folder = RunFolder(out)
    noted = folder.read_data()
    config = changed(read_config(folder.config), changes, folder.config)
    folders = [Path(entry["folder"]) for entry in noted["sets"]]
    with joined() as processes:
        tell = tell if tell is not None and processes.leads else _say_nothing
        datasets = [read(path) for path in folders]
        for entry, dataset in zip(noted["sets"], datasets, strict=True):
            if entry["fingerprint"] != fingerprint(dataset) and not other_data:
                raise DocmarksError(
                    f"{entry['folder']}: has changed since the run began (then {entry['pages']} pages, now "
                    f"{len(dataset.pages)}); start a new run, or add --other-data to go on with what is there now"
                )
        if other_data and processes.leads:
            write_json(folder.data, describe(folders, datasets, noted["from"]))
        # A process that died before its first checkpoint begins anew, from the same weights.
        start = None if processes.share(folder.last.exists()) else _start(noted["from"], processes, fetching)
        samples = training_samples(config, folders, written_mistakes(folder.mistakes))
        config = samples.config
        return _trained(config, datasets, samples, folder, start, processes, watch, tell)


def find_rate(
    request: Request, watch: Watched | None = None, tell: Tell | None = None, fetching: Fetching | None = None
) -> Sweep:
    """A learning rate for this training (``train.lr_finder``); nothing is kept. Arguments are those of ``run``.

    Raises:
        DocmarksError: As ``run``.
    """
    start = None if request.start is None else find_start(request.start, fetching)
    datasets = [read(path) for path in request.data]
    config, samples, _ = prepared(request, start, datasets, tell or _say_nothing)
    model = FasterRCNN(config.model)
    for message in [] if start is None else fit(model, start):
        (tell or _say_nothing)(message)
    return sweep(config, model, samples, watch)


def resolve(request: Request, start: Start | None, datasets: Sequence[Dataset]) -> TrainConfig:
    """The configuration: the file's keys over the recipe's and the network of the weights, the command line's over all.

    Raises:
        DocmarksError: A key is unknown or a value wrong, or there is no such label set.
    """
    recipe = recipe_path("default" if start is None else "finetune")
    path = request.config_file or recipe
    settings = read_settings(path)
    if start is not None:
        pages = sum(len(pages_of(dataset, "train").pages) for dataset in datasets)
        settings = over_recipe(settings, read_settings(recipe), start.model, pages)
        network = settings["model"]
        if isinstance(network, dict) and network.get("label_set") == "" and request.label_set is None:
            raise DocmarksError("--from: the weights speak no label set of yours; name one with --label-set")
    config = make_config(settings, path)
    if request.label_set is not None:
        rules = LabelSet.load(request.label_set)
        named = request.label_set if rules == _shipped(request.label_set) else rules
        config = config.model_copy(update={"model": for_labels(config.model, named)})
    return changed(config, request.changes, Path("command line"))


def _shipped(name: str) -> LabelSet | None:
    """The shipped set of that name; a file of the user's is known by its rules instead, wherever it lies."""
    return None if Path(name).suffix in (".yaml", ".yml") else LabelSet.load(name)


def changed(config: TrainConfig, changes: dict[str, Any], path: Path) -> TrainConfig:
    """The configuration with other values of some keys.

    Raises:
        DocmarksError: A value is wrong.
    """
    return make_config(over(config.model_dump(), changes), path)


def prepared(
    request: Request, start: Start | None, datasets: Sequence[Dataset], tell: Tell
) -> tuple[TrainConfig, Samples, Mistakes]:
    """The configuration, with what follows from the samples and from the memory there is; the samples, and mistakes.

    Raises:
        DocmarksError: As ``resolve``, ``read_mistakes`` and ``training_samples``, or the memory is too little.
    """
    config = resolve(request, start, datasets)
    for line in left_out(datasets, label_set_of(config)):
        tell(line)
    if config.ink.folder is not None and not config.ink.writes:
        tell(f"--ink {config.ink.folder}: not used; --config with ink: {{decorate: 0.3}} adds marks")
    mistakes = read_mistakes(request.hard_examples, datasets, config)
    if request.max_memory is None:
        samples = training_samples(config, request.data, mistakes)
        return samples.config, samples, mistakes
    make = partial(training_samples, folders=request.data, mistakes=mistakes)
    config, samples, told = within(request.max_memory, config, make)
    tell(told)
    return config, samples, mistakes


def training_samples(config: TrainConfig, folders: Sequence[Path], mistakes: Mistakes) -> Samples:
    """The training part of the data folders as samples, where a model erred more often.

    Raises:
        DocmarksError: There is nothing to train on, or the labels are not the model's.
    """
    ink = InkLibrary.of(config.ink.folder)
    made = SyntheticPages(ink) if config.ink.pages > 0 else None
    return prepare(config, folders, made, ink, mistakes)


def describe(folders: Sequence[Path], datasets: Sequence[Dataset], start: str | None) -> dict[str, Any]:
    """What ``data.json`` holds."""
    sets = [
        {
            "name": dataset.name,
            "folder": str(path.absolute()),
            "pages": len(dataset.pages),
            "train": len(pages_of(dataset, "train").pages),
            "validation": len(pages_of(dataset, "val").pages),
            "fingerprint": fingerprint(dataset),
        }
        for path, dataset in zip(folders, datasets, strict=True)
    ]
    absolute = str(Path(start).absolute()) if start is not None and Path(start).exists() else start
    return {"sets": sets, "from": absolute}


def _trained(
    config: TrainConfig,
    datasets: Sequence[Dataset],
    samples: Samples,
    folder: RunFolder,
    start: Start | None,
    processes: Processes,
    watch: Watched | None,
    tell: Tell,
) -> Path:
    device = Device.choose(config, processes.local_rank)
    measured = any(pages_of(dataset, "val").pages for dataset in datasets)
    validator = Validator(config, datasets, device, processes) if measured else None
    if validator is None:
        tell("no validation pages: nothing is measured, the last weights are kept")
    with watch(config.steps) if watch is not None and processes.leads else nullcontext() as told:
        checkpoint = train(config, samples, folder.path, start, told, validator, device, processes, tell)
    if processes.leads:
        tell("exporting the model and writing the report")
        finish(checkpoint, folder, validator)
        if told_gain := gain(folder, config.validation.monitor):
            tell(told_gain)
        tell(str(checkpoint))
    return checkpoint


def _start(name: str | None, processes: Processes, fetching: Fetching | None) -> Start | None:
    """The weights to start from; one process a machine is first, so that a download happens once."""
    start = None
    for first in (True, False):
        if name is not None and (processes.local_rank == 0) == first:
            start = find_start(name, fetching if first else None)
        processes.share(None)
    return start


def _say_nothing(_: str) -> None:
    pass
