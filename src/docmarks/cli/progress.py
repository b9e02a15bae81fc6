"""Progress bars, on standard error and only where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")


def bar() -> Progress:
    """A bar with count, time and ETA; silent where standard error is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
        # On a terminal lines go above the bar; to a file or pipe they go there, not to the terminal.
        redirect_stdout=sys.stdout.isatty(),
    )


def page_bar(pages: Sequence[T], description: str = "pages") -> Iterator[T]:
    """The same pages, with a bar."""
    with bar() as progress:
        yield from progress.track(pages, description=description)


def count_bar(pages: Iterable[T], total: int) -> Iterator[T]:
    """The same pages, of which there will be ``total``, with a bar."""
    with bar() as progress:
        yield from progress.track(pages, total=total, description="pages")


class Quiet:
    """Nobody watches."""

    def __enter__(self) -> Quiet:
        """Itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to stop."""

    def opened(self, path: Path, count: int) -> None:
        """Nothing to show."""

    def advance(self, path: Path) -> None:
        """Nothing to show."""

    def closed(self, path: Path) -> None:
        """Nothing to show."""


class DocumentBar:
    """A bar over the pages of many documents, counted beforehand so that its ETA holds."""

    def __init__(self, files: Sequence[Path], count: Callable[[Path], int]) -> None:
        """``count`` tells how many pages of a file will be done."""
        self._bar = bar()
        self._left = {path: count(path) for path in files}
        self._total = sum(self._left.values())
        self._task = self._bar.add_task("pages", total=self._total)

    def __enter__(self) -> DocumentBar:
        """Shows the bar."""
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        """Removes it."""
        self._bar.stop()

    def opened(self, path: Path, count: int) -> None:
        """Puts a wrong count right."""
        self._total += count - self._left[path]
        self._left[path] = count
        self._bar.update(self._task, total=self._total)

    def advance(self, path: Path) -> None:
        """One page further."""
        self._left[path] -= 1
        self._bar.advance(self._task)

    def closed(self, path: Path) -> None:
        """Pages that were not done, of a document that failed, are not waited for."""
        self._bar.advance(self._task, self._left[path])
        self._left[path] = 0


class StepBar:
    """A bar over the steps of a training run, and under it one over the pages that it is measured on."""

    def __init__(self, progress: Progress, steps: int) -> None:
        """Nothing is done yet."""
        self._bar = progress
        self._steps = progress.add_task("training", total=steps)

    def __call__(self, step: int, loss: float) -> None:
        """As far as this, with the loss of the last step."""
        self._bar.update(self._steps, completed=step, description=f"loss {loss:.3f}")

    def pages(self, pages: Sequence[T]) -> Iterator[T]:
        """The same pages, with a bar of their own."""
        task = self._bar.add_task("measuring", total=len(pages))
        try:
            for page in pages:
                yield page
                self._bar.advance(task)
        finally:
            self._bar.remove_task(task)


@contextmanager
def step_bar(steps: int) -> Iterator[StepBar]:
    """Shows one as long as it is needed."""
    with bar() as progress:
        yield StepBar(progress, steps)
