"""A comparison as tables for the terminal."""

from __future__ import annotations

import math

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from docmarks.evaluate.bootstrap import Interval
from docmarks.evaluate.compare import Comparison, Difference
from docmarks.evaluate.shades import Shades
from docmarks.evaluate.tables import percent
from docmarks.messages.console import wide_console

FEW = 10
"""With fewer documents resampling them tells hardly anything of others."""

TITLES = {"ap50": "AP50", "ap": "AP", "f1": "F1 at the thresholds"}


def print_comparison(found: Comparison, console: Console | None = None) -> None:
    """All tables, on standard output unless another console is given."""
    console = console or wide_console()
    for measure, title in TITLES.items():
        console.print(figure_table(found, measure, f"{title} with 95 % intervals"))
    if found.pages:
        console.print(page_table(found))
    left_out = f"; {found.n_left_out} that not all runs have are left out" if found.n_left_out else ""
    console.print(f"{found.n_pages} pages of {found.n_groups} documents{left_out}")
    if found.n_groups < FEW:
        console.print("so few documents say little, whatever the intervals say: others could turn any of this round")


def figure_table(found: Comparison, measure: str, title: str) -> Table:
    """A row a label: each run's figure, then how far each lies from the first."""
    table = Table(title=title)
    table.add_column("label", no_wrap=True)
    first, *others = found.runs
    for name in found.runs:
        table.add_column(escape(name), justify="right", overflow="fold")
    for name in others:
        table.add_column(f"{escape(name)} - {escape(first)}", justify="right", overflow="fold")
        table.add_column("better", justify="right")
    figures, differences = found.figures[measure], found.differences[measure]
    shades = Shades.of(one.value for by_run in figures.values() for one in by_run.values())
    for label, by_run in figures.items():
        cells = [shades.rich(by_run[name].value, _range(by_run[name])) for name in found.runs]
        for name in others:
            one = differences[label][name]
            cells += [_change(one), percent(one.better)]
        table.add_row(escape(label), *cells)
    return table


def page_table(found: Comparison) -> Table:
    """The pages where errors differ most."""
    first = escape(found.runs[0])
    table = Table(title=f"Errors at the thresholds, pages that differ most from {first}")
    table.add_column("run", overflow="fold")
    table.add_column("page", overflow="fold")
    table.add_column(first, justify="right", overflow="fold")
    table.add_column("this run", justify="right")
    for page in found.pages:
        table.add_row(escape(page.run), escape(page.file), str(page.first_errors), str(page.errors))
    return table


def _range(one: Interval) -> str:
    return f"{percent(one.value)} ({percent(one.low)} to {percent(one.high)})"


def change(by: Interval) -> str:
    """In points, with signs: "+1.3 (+0.3 to +4.8)"."""
    return f"{100 * by.value:+.1f} ({100 * by.low:+.1f} to {100 * by.high:+.1f})"


def _change(one: Difference) -> str:
    """In bold where the interval does not hold 0."""
    if math.isnan(one.by.value):
        return "-"
    text = change(one.by)
    return f"[bold]{text}[/]" if one.by.low > 0 or one.by.high < 0 else text
