"""A training run on one page to open in a browser, pictures inside."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from docmarks.files.atomic import write_text
from docmarks.report.template import template
from docmarks.train.run_folder import RunFolder

CURVES = {
    "loss.png": "Loss: training against validation",
    "losses.png": "Its four parts",
    "precision.png": "Average precision",
    "rate.png": "Learning rate",
}

PICTURE_WIDTH = 640


def write_train_page(folder: RunFolder) -> None:
    """``report.html`` from the files of the run folder alone.

    Raises:
        DocmarksError: It cannot be written.
    """
    page = template("train.html").render(
        name=folder.path.absolute().name,
        facts=list(_facts(folder)),
        sets=_json(folder.data).get("sets", []),
        precision=list(_precision(_json(folder.results))),
        thresholds=list(_thresholds(_json(folder.results))),
        curves=[(title, _png(folder.path / file)) for file, title in CURVES.items() if (folder.path / file).exists()],
        pictures=[(file.stem, _jpeg(file)) for file in sorted(folder.pictures.glob("*.png"))],
        config=folder.config.read_text(encoding="utf-8"),
        environment=json.dumps(_json(folder.environment), indent=1),
    )
    write_text(folder.report, page)


def _facts(folder: RunFolder) -> Iterator[tuple[str, str]]:
    training, validation = folder.lines(folder.metrics), folder.lines(folder.validation)
    if training:
        last = training[-1]
        yield "steps", f"{last['step']:,}"
        yield "loss of the last step", f"{last['loss']:.3f}"
        yield "images a second", f"{last['images_per_second']:.1f}"
        yield "waiting for data", f"{100 * last['waiting']:.0f} % of the time"
        yield "peak memory", f"{last['peak_memory_mib']:,.0f} MiB"
    for name, title, choose in (("val_loss", "lowest validation loss", min), ("AP50", "highest AP50", max)):
        measured = [line for line in validation if line.get(name) is not None]
        if measured:
            best = choose(measured, key=lambda line: line[name])
            value = f"{best[name]:.3f}" if name == "val_loss" else _percent(best[name])
            first = measured[0]
            before = f"{first[name]:.3f}" if name == "val_loss" else _percent(first[name])
            yield title, f"{value} after step {best['step']:,}" + (f", {before} before" if first["step"] == 0 else "")


def _precision(results: Mapping[str, Any]) -> Iterator[list[str]]:
    """Rows of set, label, pages, marks, AP50, AP, AR100."""
    for name, found in results.get("sets", {}).items():
        for label, score in found["labels"].items():
            numbers = (_percent(score[key]) for key in ("ap50", "ap", "ar100"))
            yield [name, label, str(score["n_pages"]), str(score["n_truth"]), *numbers]


def _thresholds(results: Mapping[str, Any]) -> Iterator[list[str]]:
    """Rows of label, threshold, precision, recall, F1."""
    for label, found in results.get("best_thresholds", {}).items():
        numbers = (_percent(found[key]) for key in ("precision", "recall", "f1"))
        yield [label, f"{found['score']:.2f}", *numbers]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def _json(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def _png(file: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(file.read_bytes()).decode("ascii")


def _jpeg(file: Path) -> str:
    """Smaller than the file of the run folder: the page is to be mailed."""
    with Image.open(file) as image:
        shown = image.convert("RGB")
    shown.thumbnail((PICTURE_WIDTH, 2 * PICTURE_WIDTH))
    buffer = io.BytesIO()
    shown.save(buffer, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
