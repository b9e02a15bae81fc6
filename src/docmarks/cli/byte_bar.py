"""A bar over the bytes of a download."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def byte_bar(name: str) -> Iterator[Callable[[int, int | None], None]]:
    """A function to tell (bytes so far, bytes in all).

    Nothing is shown before it is told any, for what is in the cache already, nor where standard error is no terminal.
    """
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    bar = Progress(TextColumn(name), *columns, console=console)
    task = bar.add_task(name, total=None)
    with ExitStack() as stack:

        def told(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)
            if not bar.live.is_started:
                stack.enter_context(bar)

        yield told
