"""An evaluation as tables for the terminal."""

from __future__ import annotations

import math

from rich.table import Table

from docmarks.evaluate.run import Evaluation


def precision_table(evaluation: Evaluation) -> Table:
    """AP50 and AP in percent, a row a set and label."""
    table = Table(title="Average precision")
    table.add_column("set")
    table.add_column("label")
    for name in ("pages", "marks", "AP50", "AP", "AR100"):
        table.add_column(name, justify="right")
    for result in (*evaluation.results, evaluation.pooled()):
        for label, figures in evaluation.scores(result).items():
            numbers = (percent(figures.ap50), percent(figures.ap), percent(figures.ar100))
            table.add_row(result.name, label, str(figures.n_pages), str(figures.n_truth), *numbers)
        table.add_section()
    return table


def threshold_table(evaluation: Evaluation) -> Table:
    """Precision, recall and F1 at the stored thresholds, and at the best ones."""
    table = Table(title="At IoU 0.5, all sets")
    table.add_column("label")
    for name in ("threshold", "precision", "recall", "F1", "best threshold", "best F1"):
        table.add_column(name, justify="right")
    best = evaluation.best_thresholds()
    for label, now in evaluation.at_thresholds(evaluation.pooled()).items():
        table.add_row(
            label,
            f"{now.score:.2f}",
            percent(now.precision),
            percent(now.recall),
            percent(now.f1),
            f"{best[label].score:.2f}",
            percent(best[label].f1),
        )
    return table


def percent(value: float) -> str:
    """A share as percent with one decimal; a dash for nan."""
    return "-" if math.isnan(value) else f"{100 * value:.1f}"
