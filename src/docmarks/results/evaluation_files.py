"""The numbers of an evaluation as files: metrics.json, metrics.csv, pages.csv, predictions.json, matches.npz."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from docmarks.evaluate.average_precision import RATES
from docmarks.evaluate.compare import judged
from docmarks.evaluate.evaluation import Evaluation, plain
from docmarks.evaluate.thresholds import at_score
from docmarks.files.atomic import make_folder, write_json, write_text
from docmarks.files.csv_text import csv_text
from docmarks.results.matches_file import FILE as MATCHES
from docmarks.results.matches_file import write_matches

METRICS, PREDICTIONS = "metrics.json", "predictions.json"


def write_evaluation(evaluation: Evaluation, folder: Path, more: Mapping[str, Any] | None = None) -> None:
    """Writes the five files.

    Args:
        evaluation: The numbers.
        folder: Is made if it is not there.
        more: Keys that metrics.json has beside the evaluation's own.

    Raises:
        DocmarksError: The folder is not writable, or the disk is full.
    """
    make_folder(folder)
    write_text(folder / PREDICTIONS, predictions_json(evaluation))
    write_text(folder / "metrics.csv", metrics_csv(evaluation))
    write_text(folder / "pages.csv", pages_csv(evaluation))
    write_matches(judged(evaluation, evaluation.model), folder / MATCHES)
    # Last: where it is, the others are.
    write_json(folder / METRICS, {**evaluation.to_json(), **(more or {})})


def metrics_csv(evaluation: Evaluation) -> str:
    """A line a set and label: all figures, then precision, recall and F1 at IoU 0.5 from the stored threshold on."""
    rows: list[list[Any]] = [
        ["set", "label", "pages", "truths", *RATES, "threshold", "precision", "recall", "f1"],
    ]
    for result in (*evaluation.results, evaluation.pooled):
        for label, threshold in zip(evaluation.labels, evaluation.thresholds, strict=True):
            figures = result.scores.get(label)
            if figures is not None:
                now = at_score(result.matched[label], threshold)
                rates = [getattr(figures, name) for name in RATES]
                counts = [figures.n_pages, figures.n_truth]
                rows.append([result.name, label, *counts, *rates, now.score, now.precision, now.recall, now.f1])
    return _csv(rows)


def pages_csv(evaluation: Evaluation) -> str:
    """A line a page: what is right, wrong and missed at the thresholds and IoU 0.5, and what its scan is like."""
    counts = evaluation.counts_by_page()
    quality_names = ["kind", "long_side_px", "sharpness", "noise"]
    rows: list[list[Any]] = [["set", "file", "group", *counts, *quality_names]]
    at = 0
    for result in evaluation.results:
        for i, page in enumerate(result.pages):
            quality = list(asdict(result.qualities[i]).values()) if result.qualities else [None] * len(quality_names)
            rows.append([result.name, str(page.file), page.group, *(int(c[at]) for c in counts.values()), *quality])
            at += 1
    return _csv(rows)


def predictions_json(evaluation: Evaluation) -> str:
    """COCO results, a record a line: every detection with every score, down to the detector's lowest.

    Beside COCO's keys ``label`` names the category, ``set`` and ``file_name`` the page. ``category_id`` is the label's
    place among the detector's labels, from 1. Boxes and scores read back as the same numbers.
    """
    lines = []
    for result in evaluation.results:
        for number, (page, found) in enumerate(zip(result.pages, result.predictions, strict=True), start=1):
            where = {
                "image_id": number if page.identifier is None else page.identifier,
                "file_name": page.file.name,
                "set": result.name,
                **({"page": page.number} if page.number > 1 else {}),
            }
            boxes = found.boxes.astype(np.float64)
            sizes = boxes[:, 2:] - boxes[:, :2]
            for box, size, scores in zip(boxes[:, :2].tolist(), sizes.tolist(), found.scores, strict=True):
                for k in np.flatnonzero(scores > 0):
                    label = {"category_id": int(k) + 1, "label": found.labels[k]}
                    record = {**where, **label, "bbox": [*box, *size], "score": float(scores[k])}
                    lines.append(json.dumps(record, ensure_ascii=False))
    return "[\n" + ",\n".join(lines) + "\n]\n"


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    return csv_text(["" if plain(value) is None else _short(value) for value in row] for row in rows)


def _short(value: Any) -> Any:
    return f"{value:.6g}" if isinstance(value, float) else value
