"""How fast a run goes, and how long it waits for data."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from docmarks.train.feed import Batch


class Meter:
    """Time of a run: in all, waiting for data, images a second. What is not training is left out."""

    def __init__(self, batch: int) -> None:
        """``batch``: images a step."""
        self.batch, self.steps = batch, 0
        self.began, self.waited = time.perf_counter(), 0.0

    def wait_for(self, stream: Iterator[Batch], count: int) -> list[Batch]:
        """The next ``count`` batches."""
        asked = time.perf_counter()
        found = [next(stream) for _ in range(count)]
        self.waited += time.perf_counter() - asked
        self.steps += 1
        return found

    def figures(self) -> dict[str, float]:
        """Since the start: seconds, share of them spent waiting for data, images a second."""
        seconds = time.perf_counter() - self.began
        return {
            "seconds": round(seconds, 2),
            "waiting": round(self.waited / seconds, 3),
            "images_per_second": round(self.steps * self.batch / seconds, 2),
        }

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What happens in this context takes no time."""
        stopped = time.perf_counter()
        yield
        self.began += time.perf_counter() - stopped
