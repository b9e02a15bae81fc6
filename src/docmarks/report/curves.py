"""The curves of a training run as PNG files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from docmarks.files.atomic import write_bytes
from docmarks.train.lr_finder import Sweep
from docmarks.train.run_folder import RunFolder

COMPONENTS = ("rpn_objectness", "rpn_box", "roi_labels", "roi_box")

SMOOTHED_OVER = 40
"""A training loss is shown as its mean over the last of so many equal parts of the run, and as it is behind that."""

Lines = Sequence[dict[str, Any]]


def write_curves(folder: RunFolder) -> list[Path]:
    """Total and validation loss, the components, precision and rate: one PNG each, as far as there is something.

    Raises:
        DocmarksError: A file cannot be written.
    """
    training, validation = folder.lines(folder.metrics), folder.lines(folder.validation)
    if not training:
        return []
    total = Figure(figsize=(9, 4), layout="constrained")
    _loss(total.add_subplot(), training, validation, "loss", "val_loss")
    parts = Figure(figsize=(9, 6), layout="constrained")
    for axes, name in zip(parts.subplots(2, 2).flat, COMPONENTS, strict=True):
        _loss(axes, training, validation, name, f"val_{name}")
    figures = {"loss.png": total, "losses.png": parts, "rate.png": _rate(training)}
    if any("AP50" in line for line in validation):
        figures["precision.png"] = _precision(validation)
    written = [folder.path / name for name in figures]
    for path, figure in zip(written, figures.values(), strict=True):
        _write(figure, path)
    return written


def write_sweep(found: Sweep, path: Path) -> None:
    """The learning-rate test: smoothed loss over rate, the suggestion marked.

    Raises:
        DocmarksError: The file cannot be written.
    """
    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(found.rates, found.losses)
    axes.axvline(found.suggestion, color="#c44e52", linestyle="--", label=f"suggested: {found.suggestion:.1e}")
    axes.set(xscale="log", xlabel="learning rate", ylabel="training loss, smoothed")
    axes.legend()
    _write(figure, path)


def _loss(axes: Axes, training: Lines, validation: Lines, name: str, measured: str) -> None:
    steps, values = _column(training, name)
    axes.plot(steps, values, color="#4a6fa5", alpha=0.25, linewidth=0.8)
    width = max(1, len(values) // SMOOTHED_OVER)
    smooth = np.convolve(values, np.ones(width) / width, "valid")
    axes.plot(steps[width - 1 :], smooth, color="#4a6fa5", label="training")
    at, found = _column(validation, measured)
    if len(at):
        axes.plot(at, found, color="#c44e52", marker=".", label="validation")
    high = float(np.percentile(values, 98)) if len(values) else 1.0
    axes.set(xlabel="step", title=name.replace("_", " "), ylim=(0, 1.15 * max([high, *found]) or 1.0))
    axes.legend()


def _precision(validation: Lines) -> Figure:
    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.add_subplot()
    for name in ("AP50", "AP"):
        steps, values = _column(validation, name)
        axes.plot(steps, 100 * values, marker=".", label=name)
    axes.set(
        xlabel="step", ylabel="%", title="average precision on the validation part, a mean over labels", ylim=(0, 100)
    )
    axes.legend()
    return figure


def _rate(training: Lines) -> Figure:
    figure = Figure(figsize=(9, 2.5), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(*_column(training, "lr"))
    axes.set(xlabel="step", title="learning rate", ylim=(0, None))
    return figure


def _column(lines: Lines, name: str) -> tuple[np.ndarray, np.ndarray]:
    """(steps, values) of the lines that have the figure."""
    pairs = [(line["step"], line[name]) for line in lines if line.get(name) is not None]
    table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _write(figure: Figure, path: Path) -> None:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=110)
    write_bytes(path, buffer.getvalue())
