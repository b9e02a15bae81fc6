"""Several processes that make pages, for one that writes down what they made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from docmarks.errors import DocmarksError
from docmarks.runtime.worker_processes import WorkerProcesses

Made = TypeVar("Made")

AHEAD = 4
"""So many pages a process are asked for before the first is done."""

_work: Callable[[int], object]


def each(work: Callable[[int], Made], numbers: Iterable[int], workers: int) -> Iterator[Made]:
    """What ``work`` makes of every number, as it gets done.

    Args:
        work: Can be sent to another process.
        numbers: Taken as they are needed.
        workers: Processes; with one everything happens in this one.

    Raises:
        DocmarksError: A process was killed.
    """
    if workers <= 1:
        yield from map(work, numbers)
        return
    pool = WorkerProcesses(workers, _remember, (work,))
    left = iter(numbers)
    running: set[Future[Made]] = set()
    try:
        while True:
            while len(running) < AHEAD * workers:
                number = next(left, None)
                if number is None:
                    break
                running.add(pool.submit(_do, number))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                yield future.result()
    except BrokenProcessPool as error:
        raise DocmarksError(
            "a worker process was killed, perhaps for want of memory; run again with fewer --workers, it goes on"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _remember(work: Callable[[int], object]) -> None:
    """In a worker: what it is sent once, and not with every number."""
    global _work
    _work = work


def _do(number: int) -> object:
    return _work(number)
