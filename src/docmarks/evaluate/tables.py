"""An evaluation as tables for the terminal."""

from __future__ import annotations

import math

from rich.console import Console
from rich.table import Table

from docmarks.evaluate.evaluation import Evaluation


def print_evaluation(evaluation: Evaluation, console: Console | None = None) -> None:
    """All tables, on standard output unless another console is given."""
    console = console or Console()
    console.print(precision_table(evaluation))
    console.print(threshold_table(evaluation))
    false, n_empty = evaluation.false_per_empty_page()
    if n_empty:
        console.print(f"{false:.2f} marks found a page without any ({n_empty} such pages)")


def precision_table(evaluation: Evaluation) -> Table:
    """AP50 and AP in percent, a row a set and label."""
    table = Table(title="Average precision")
    table.add_column("set", overflow="fold")
    table.add_column("label", no_wrap=True)
    for name in ("pages", "marks", "AP50", "AP", "AR100"):
        table.add_column(name, justify="right")
    for result in (*evaluation.results, evaluation.pooled):
        for label, figures in result.scores.items():
            numbers = (percent(figures.ap50), percent(figures.ap), percent(figures.ar100))
            table.add_row(result.name, label, str(figures.n_pages), str(figures.n_truth), *numbers)
        table.add_section()
    return table


def threshold_table(evaluation: Evaluation) -> Table:
    """Precision, recall and F1 from the stored minimum scores on, and the score that would give the best F1."""
    table = Table(title="At IoU 0.5, all sets")
    table.add_column("label", no_wrap=True)
    for name in ("from", "precision", "recall", "F1", "best", "its F1"):
        table.add_column(name, justify="right")
    best = evaluation.best_thresholds
    for label, now in evaluation.at_thresholds.items():
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
