"""Several pages at once, in their order, while the next ones are being read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_flight(
    work: Callable[[T], R],
    items: Iterable[T],
    streams: int,
    workers: Callable[[int], Executor] = ThreadPoolExecutor,
) -> Iterator[R]:
    """The result of each item, in order.

    The caller's own thread draws the items (a PDF library may be used by one thread only), ``streams`` others work.
    So page n + 1 is decoded while page n is in the network, which lets other threads run. At most ``streams + 1``
    items are held at a time.

    Args:
        work: Called in other threads; what it raises comes out in the item's place.
        items: Drawn lazily.
        streams: How many at once.
        workers: Makes so many; ``WorkerProcesses`` for work that does not let other threads run.
    """
    pool = workers(streams)
    waiting: deque[Future[R]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > streams:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
