"""What a model, or a file of predictions, is worth on data sets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docmarks.data.dataset import Dataset
from docmarks.evaluate.evaluation import Evaluation
from docmarks.evaluate.run import Progress, evaluate_detector, evaluate_predictions
from docmarks.labels.label_set import LabelSet
from docmarks.machine.heap import keep_freed_memory
from docmarks.model.config import ModelConfig
from docmarks.pages.count import streams_for
from docmarks.results.journal import FILE, JournalFile
from docmarks.results.predictions_file import read_predictions
from docmarks.runtime.cross_label_nms import CrossLabelNMS
from docmarks.runtime.detector import Detector
from docmarks.runtime.fingerprint import fingerprint
from docmarks.runtime.model_file import model_file
from docmarks.runtime.size import USUAL


@dataclass(frozen=True)
class Seeing:
    """How a model sees the pages.

    Attributes:
        sizes: As ``Detector``.
        tiles: As ``Detector``.
        auto_rotate: Pages are set upright first.
        device: Where the network runs.
    """

    sizes: tuple[float, ...] = USUAL
    tiles: float = 1
    auto_rotate: bool = True
    device: str = "cpu"

    def load(self, file: Path, streams: int) -> Detector:
        """The detector in a file that sees so.

        Raises:
            DocmarksError: As ``Detector.load``.
        """
        return Detector.load(
            file,
            streams=streams,
            tiles=self.tiles,
            sizes=self.sizes,
            device=self.device,
            auto_rotate=self.auto_rotate,
        )

    @property
    def told(self) -> list[str]:
        """What of it is not as usual."""
        found = [] if self.sizes == USUAL else [f"size {self._size}"]
        found += [] if self.tiles == 1 else [f"tiles {self.tiles:g}"]
        return found if self.auto_rotate else [*found, "pages as they lie"]

    @property
    def key(self) -> str:
        """All of it that what is found depends on."""
        upright = ", set upright" if self.auto_rotate else ""
        return f"in tiles of {self.tiles:g}, size {self._size}{upright}"

    @property
    def _size(self) -> str:
        return " and ".join(f"{one:g}" for one in self.sizes)


USUALLY = Seeing()


def measure_predictions(
    file: Path,
    datasets: Sequence[Dataset],
    part: str,
    tell: Callable[[str], None],
    label_set: str | None = None,
    scans: Progress | None = None,
    complete: Collection[str] = (),
) -> Evaluation:
    """What a file of predictions is worth.

    Args:
        file: The predictions.
        datasets: In source labels.
        part: As ``evaluate_detector``.
        tell: Told what is left out of the file, a line at a time.
        label_set: Of the labels; None takes that of the run that wrote the file.
        scans: If given, images are read, to slice by their quality.
        complete: As ``evaluate_detector``.

    Raises:
        DocmarksError: As ``read_predictions`` and ``evaluate_predictions``.
    """
    given = read_predictions(file, datasets, None if label_set is None else LabelSet.load(label_set))
    for note in given.notes:
        tell(f"{file}: {note}")
    return evaluate_predictions(given, datasets, part, scans, complete)


def measure_model(
    model: str,
    datasets: Sequence[Dataset],
    part: str,
    progress: Progress,
    out: Path | None = None,
    seeing: Seeing = USUALLY,
    between: CrossLabelNMS | None = None,
    complete: Collection[str] = (),
) -> tuple[Evaluation, ModelConfig]:
    """What a model is worth, and its configuration.

    Args:
        model: As ``model_file``.
        datasets: In source labels.
        part: As ``evaluate_detector``.
        progress: As ``evaluate_detector``.
        out: Folder that keeps a journal while it runs.
        seeing: How it sees the pages.
        between: Is not applied, but refused before the model runs if it names a label that the model does not have.
        complete: As ``evaluate_detector``.

    Raises:
        DocmarksError: As ``evaluate_detector``, or there is no such model.
    """
    keep_freed_memory()
    file = model_file(Path(model), seeing.device)
    detector = seeing.load(file, streams_for(sum(len(dataset.pages) for dataset in datasets)))
    config = detector.sheet.config
    if between is not None:
        between.check(config.labels)
    if out is None:
        evaluation = evaluate_detector(detector, datasets, part, progress, complete=complete)
    else:
        with JournalFile(out / FILE, f"{fingerprint(file)} {seeing.key}", detector.labels) as journal:
            evaluation = evaluate_detector(detector, datasets, part, progress, journal, complete)
    return replace(evaluation, model=", ".join([evaluation.model, *seeing.told])), config
