"""An evaluation as tables for the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from docmarks.evaluate.diagnose import LOW, TINY_PX, USUAL, Diagnosis
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.evaluate.shades import Shades
from docmarks.evaluate.slices import Group, Slice
from docmarks.messages.console import wide_console

PRECISION = {"AP50": "ap50", "AP75": "ap75", "AP": "ap", "AR1": "ar1", "AR10": "ar10", "AR100": "ar100"}
SIZE = {
    "AP small": "ap_small",
    "medium": "ap_medium",
    "large": "ap_large",
    "10-40 px": "ap_10_40",
    "AR small": "ar_small",
    "medium ": "ar_medium",
    "large ": "ar_large",
    "10-40 px ": "ar_10_40",
}
"""Column to figure; the blanks tell columns of one name apart."""

MEAN = "mean"


def print_evaluation(evaluation: Evaluation, console: Console | None = None) -> None:
    """All tables, on standard output unless another console is given."""
    console = console or wide_console()
    console.print(score_table(evaluation, "Average precision and recall", PRECISION, with_f1=True))
    console.print(score_table(evaluation, "By size of box", SIZE))
    if any(evaluation.drops.values()):
        console.print(drop_table(evaluation))
    console.print(threshold_table(evaluation))
    false_by_label = evaluation.false_by_label()
    if any(n_pages for _, n_pages in false_by_label.values()):
        console.print(empty_page_table(false_by_label))
    false, n_empty = evaluation.false_per_empty_page()
    if n_empty:
        console.print(f"{false:.2f} marks found a page without any ({n_empty} such pages)")


def score_table(evaluation: Evaluation, title: str, columns: dict[str, str], with_f1: bool = False) -> Table:
    """Figures in percent, a row a set and label, coloured from the table's least to its greatest.

    With F1, that of IoU 0.5 at the stored minimum scores, in a last column.
    """
    table = Table(title=title)
    table.add_column("set", overflow="fold")
    table.add_column("label", no_wrap=True)
    for name in ("pages", "marks", *columns, *(["F1"] if with_f1 else [])):
        table.add_column(name.strip(), justify="right")
    results = _shown(evaluation)
    figures = [one for result in results for one in (*result.scores.values(), result.mean)]
    shades = Shades.of(getattr(one, key) for one in figures for key in columns.values())
    for result in results:
        f1 = {label: now.f1 for label, now in evaluation.at_thresholds_of(result).items()} if with_f1 else {}
        for label, one in {**result.scores, MEAN: result.mean}.items():
            numbers = [_shaded(shades, getattr(one, key)) for key in columns.values()]
            numbers += [percent(f1.get(label, math.nan))] if with_f1 else []
            table.add_row(escape(result.name), escape(label), str(one.n_pages), str(one.n_truth), *numbers)
        table.add_section()
    return table


def drop_table(evaluation: Evaluation) -> Table:
    """AP50 of the sets side by side, and how far each lies from the first; labels that the first has."""
    table = Table(title=f"AP50 against {escape(evaluation.results[0].name)}")
    table.add_column("label", no_wrap=True)
    first, *others = evaluation.results
    table.add_column(escape(first.name), justify="right", overflow="fold")
    for result in others:
        table.add_column(escape(result.name), justify="right", overflow="fold")
        table.add_column("change", justify="right")
    changes = [change for drops in evaluation.drops.values() for change, _ in drops.values()]
    shades = Shades.of(changes)
    for label, figures in first.scores.items():
        cells = []
        for result in others:
            there = result.scores.get(label)
            cells.append(percent(there.ap50 if there else math.nan))
            change = evaluation.drops[result.name].get(label, (math.nan, math.nan))[0]
            cells.append(shades.rich(change, "-" if math.isnan(change) else f"{100 * change:+.1f}"))
        table.add_row(escape(label), percent(figures.ap50), *cells)
    means = []
    for result in others:
        drops = evaluation.drops[result.name]
        mean = float(np.mean([result.scores[label].ap50 for label in drops])) if drops else math.nan
        means += [percent(mean), f"{100 * np.mean([ap50 for ap50, _ in drops.values()]):+.1f}" if drops else "-"]
    table.add_section()
    table.add_row("mean of those that both have", "", *means)
    return table


def threshold_table(evaluation: Evaluation) -> Table:
    """Precision, recall and F1 from the stored minimum scores on, and the score that would give the best F1.

    With a target precision also the score that reaches it. ECE is the expected calibration error.
    """
    target = evaluation.target_precision
    table = Table(title="At IoU 0.5, all sets")
    table.add_column("label", no_wrap=True)
    wanted = () if target is None else (f"for {target:.0%}", "its recall")
    for name in ("from", "precision", "recall", "F1", "best", "its F1", *wanted, "ECE"):
        table.add_column(name, justify="right")
    best, targets = evaluation.best_thresholds, evaluation.target_thresholds
    for label, now in evaluation.at_thresholds.items():
        cells = [f"{now.score:.2f}", percent(now.precision), percent(now.recall), percent(now.f1)]
        cells += [f"{best[label].score:.2f}", percent(best[label].f1)]
        if target is not None:
            reached = targets[label]
            never = reached.recall == 0
            cells += ["never" if never else f"{reached.score:.2f}", percent(reached.recall)]
        error = evaluation.calibrations[label].error if label in evaluation.calibrations else math.nan
        table.add_row(escape(label), *cells, percent(error))
    return table


def empty_page_table(false_by_label: Mapping[str, tuple[int, int]]) -> Table:
    """What is found, from the stored minimum scores on, where there is surely nothing: a row a label."""
    table = Table(title="Found on pages without any box")
    table.add_column("label", no_wrap=True)
    for name in ("pages", "marks", "a page"):
        table.add_column(name, justify="right")
    for label, (marks, n_pages) in false_by_label.items():
        if n_pages:
            table.add_row(escape(label), str(n_pages), str(marks), f"{marks / n_pages:.3f}")
    return table


def slice_table(slices: Sequence[Slice]) -> Table:
    """Figures in percent, a row a part, the mean over its labels."""
    table = Table(title="Slices, mean over labels")
    for name in ("by", "part"):
        table.add_column(name, overflow="fold")
    for name in ("pages", "marks", *PRECISION):
        table.add_column(name, justify="right")
    means = [one.mean for one in slices]
    shades = Shades.of(getattr(mean, key) for mean in means for key in PRECISION.values())
    for i, (one, mean) in enumerate(zip(slices, means, strict=True)):
        if i and one.by != slices[i - 1].by:
            table.add_section()
        numbers = [_shaded(shades, getattr(mean, key)) for key in PRECISION.values()]
        table.add_row(escape(one.by), escape(one.value), str(one.n_pages), str(mean.n_truth), *numbers)
    return table


def group_table(groups: Sequence[Group]) -> Table:
    """The documents with the most errors."""
    table = Table(title="Documents with the most errors, at the thresholds and IoU 0.5")
    table.add_column("document", overflow="fold")
    for name in ("pages", "truths", "right", "wrong", "missed"):
        table.add_column(name, justify="right")
    for one in groups:
        counts = (one.pages, one.truths, one.right, one.wrong, one.missed)
        table.add_row(escape(one.name), *(str(n) for n in counts))
    return table


def diagnosis_table(found: Mapping[str, Diagnosis]) -> Table:
    """What is known of each label, and the verdict in words."""
    table = Table(title="Why labels are not found", show_lines=True)
    table.add_column("label", no_wrap=True)
    for name in ("marks", "px at the input", f"under {TINY_PX}", "anchors fit", "boxes in training", "complete there"):
        table.add_column(name, justify="right")
    for name in (f"recall from {_short(LOW)}", f"from {_short(USUAL)}"):
        table.add_column(name, justify="right")
    table.add_column("verdict", overflow="fold")
    for label, one in found.items():
        table.add_row(
            escape(label),
            str(one.marks),
            "-" if math.isnan(one.side_px) else f"{one.side_px:.0f}",
            percent(one.tiny),
            percent(one.anchored),
            "-" if one.train_boxes is None else str(one.train_boxes),
            percent(one.train_complete),
            percent(one.recall_low),
            percent(one.recall_usual),
            escape(one.verdict),
        )
    return table


def percent(value: float) -> str:
    """A share as percent with one decimal; a dash for nan."""
    return "-" if math.isnan(value) else f"{100 * value:.1f}"


def _shown(evaluation: Evaluation) -> list[SetResult]:
    """The sets, and all together where there are several."""
    return [*evaluation.results, *([evaluation.pooled] if len(evaluation.results) > 1 else [])]


def _shaded(shades: Shades, value: float) -> str:
    return shades.rich(value, percent(value))


def _short(share: float) -> str:
    """Without the zero before its point: ".05"."""
    return f"{share:g}".removeprefix("0")
