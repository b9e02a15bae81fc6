"""Several processes that make pages, for one that writes down what they made."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait as wait_for
from typing import TypeVar

from docmarks.errors import DocmarksError

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
    # Not forked: a library that has threads here would hang there.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(work,))
    left = iter(numbers)
    running: set[Future[Made]] = set()
    try:
        while True:
            while len(running) < AHEAD * workers:
                number = next(left, None)
                if number is None:
                    break
                with _deaf():  # a process may be started here, and is born deaf
                    running.add(pool.submit(_do, number))  # type: ignore[arg-type]
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


@contextmanager
def _deaf() -> Iterator[None]:
    """Without Ctrl-C, which is for the parent to hear and not for processes that it starts meanwhile."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin(work: Callable[[int], object]) -> None:
    """In a worker: without a parent there is nobody to work for."""
    global _work
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _do(number: int) -> object:
    return _work(number)
