"""The thresholds that were stored, as a table."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from docmarks.messages.console import wide_console
from docmarks.runtime.store import Stored


def print_stored(written: Sequence[Stored]) -> None:
    """Each label's minimum score before and after, and the files."""
    console = wide_console()
    table = Table(title="Minimum scores")
    table.add_column("label", no_wrap=True)
    table.add_column("before", justify="right")
    table.add_column("now", justify="right")
    first = written[0]
    for label, now in first.after.items():
        table.add_row(escape(label), f"{first.before[label]:.2f}", f"{now:.2f}")
    console.print(table)
    for one in written:
        print(one.path)
