"""From a checkpoint to the files that `docmarks detect` runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from docmarks import __version__
from docmarks.errors import DocmarksError
from docmarks.export.agreement import CONFIDENT, LEAST_AGREEMENT, agreement
from docmarks.export.calibration import CalibrationPage
from docmarks.export.int8 import quantise, write_int8
from docmarks.export.int8_groups import fp32_layers, int8_layers, short
from docmarks.export.int8_loss import Int8Loss, Loss, Watch, unwatched
from docmarks.export.int8_search import hold
from docmarks.export.onnx_file import export_onnx
from docmarks.files.atomic import make_folder
from docmarks.marks import UNTOLD_THRESHOLD
from docmarks.runtime.detector import Detector
from docmarks.runtime.session import read_network
from docmarks.runtime.sheet import ModelSheet
from docmarks.runtime.size import USUAL, of_name
from docmarks.train.checkpoint import build_model, find_checkpoint, read_checkpoint, write_tensors

Thresholds = Mapping[str, float]
"""Minimum score by label."""

ROUNDING = 0.05
"""Points of AP by which two compilations of one network may differ."""


def export_checkpoint(run: Path, path: Path, name: str, thresholds: Thresholds | None = None) -> Path:
    """Writes the fp32 ONNX file of a checkpoint's weights; an int8 model beside it that was made from others goes.

    Args:
        run: A run folder, or a checkpoint.
        path: The .onnx file to write.
        name: What the model calls itself.
        thresholds: By label; None takes those noted in the checkpoint, else 0.5.

    Raises:
        DocmarksError: Unreadable checkpoint, unwritable target, or an export that differs from the model.
    """
    checkpoint = read_checkpoint(find_checkpoint(run))
    model = build_model(checkpoint)
    untold = (UNTOLD_THRESHOLD,) * len(checkpoint.model.labels)
    sheet = ModelSheet(name=name, version=__version__, config=checkpoint.model, thresholds=untold)
    sheet = sheet.with_minimum_scores(thresholds or checkpoint.info.get("thresholds") or {}, USUAL)
    for sizes, noted in checkpoint.info.get("thresholds_at", {}).items():
        sheet = sheet.with_minimum_scores(noted, of_name(sizes))
    make_folder(path.parent)
    earlier = path.read_bytes() if path.is_file() else b""
    export_onnx(model, sheet, path)
    if path.read_bytes() != earlier:
        # What is there in int8 was made from other weights, and a folder's int8 model is preferred.
        for stale in (path.with_suffix(".xml"), path.with_suffix(".bin")):
            stale.unlink(missing_ok=True)
    return path


def slim_checkpoint(run: Path, path: Path, thresholds: Thresholds | None = None) -> None:
    """Writes the weights alone, in half precision: what another training starts from."""
    checkpoint = read_checkpoint(find_checkpoint(run))
    tensors = {f"model.{name}": t.half() if t.is_floating_point() else t for name, t in checkpoint.weights().items()}
    kept = {key: checkpoint.info[key] for key in ("thresholds", "thresholds_at") if checkpoint.info.get(key)}
    chosen = {"thresholds": dict(thresholds)} if thresholds else {}
    write_tensors(path, tensors, checkpoint.model, {"step": checkpoint.info.get("step", 0)} | kept | chosen)


@dataclass(frozen=True)
class Quantised:
    """An int8 model that was written.

    Attributes:
        path: Its .xml file.
        layers: Number of convolutions and fully connected layers.
        back: Names of those and of additions that are in fp32 again.
        before: What it lost with all layers in int8; None if nobody asked.
        after: What it loses now.
    """

    path: Path
    layers: int
    back: tuple[str, ...]
    before: Loss | None
    after: Loss | None


def export_int8(
    onnx_file: Path,
    pages: Sequence[CalibrationPage],
    path: Path,
    max_drop: float | None = None,
    watch: Watch = unwatched,
) -> Quantised:
    """Quantises an exported ONNX file.

    Args:
        onnx_file: What ``export_checkpoint`` wrote.
        pages: To calibrate on.
        path: The .xml file to write.
        max_drop: Points of AP that int8 may lose on the pages of each data set: what costs most stays in fp32. None
            quantises all layers, and only asks for the same marks.
        watch: Shows the progress.

    Raises:
        DocmarksError: The int8 model finds other marks on these pages than the fp32 one, or loses more than
            ``max_drop`` whatever goes back to fp32, or there is no mark on them to measure it by.
    """
    exact, network = Detector.load(onnx_file), read_network(onnx_file)
    loss = None if max_drop is None else Int8Loss(exact, watch(pages, "pages in fp32"))
    if loss is not None and not loss.pages:
        raise DocmarksError(f"{path}: no marks of the model's labels on the calibration pages; take others, or more")
    images = [page.image for page in pages]
    quantised = quantise(network, [exact.prepare(image) for image in images], watch)
    held = None
    if loss is not None and max_drop is not None:
        held = hold(quantised, network, loss, max_drop, watch)
        quantised = held.network
    beside = path.with_name(f"unchecked-{path.name}")
    try:
        write_int8(quantised, exact.sheet, beside)
        written = Detector.load(beside)
        share, count = agreement(exact, written, watch(images, "the same marks"))
        if not count:
            raise DocmarksError(
                f"{path}: int8 cannot be checked: with a confidence of {CONFIDENT:g} or more the model finds no mark "
                "on the pages to calibrate on; take pages with marks, or train on"
            )
        if share < LEAST_AGREEMENT:
            raise DocmarksError(
                f"{path}: in int8 only {share:.0%} of {count} marks are found again; calibrate on more pages like yours"
            )
        after = None if loss is None else loss(written, watch=watch)
        if after is not None and max_drop is not None and after.worst > max_drop + ROUNDING:
            raise DocmarksError(
                f"{path}: int8 loses {after.worst:.1f} points of AP on {after.worst_set}, allowed are {max_drop:g}; "
                "calibrate on more pages, or allow more"
            )
        # The weights first: the XML is what is opened.
        beside.with_suffix(".bin").replace(path.with_suffix(".bin"))
        beside.replace(path)
    finally:
        for leftover in (beside, beside.with_suffix(".bin")):
            leftover.unlink(missing_ok=True)
    back = [short(name) for group in held.back for name in group.operations] if held else []
    layers = len(fp32_layers(quantised)) + len(int8_layers(quantised))
    return Quantised(path, layers, tuple(back), None if held is None else held.before, after)
