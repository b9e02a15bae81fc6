"""Ctrl-C and a scheduler's SIGTERM end a run between two steps, not within one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupted(KeyboardInterrupt):
    """The run was stopped from outside and can go on; says how."""


class Wish:
    """Whether somebody wants the run to end."""

    def __init__(self) -> None:
        """Nobody yet."""
        self.stop = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """The handler. The second time it does not wait for the step."""
        if self.stop:
            raise KeyboardInterrupt
        self.stop = True


@contextmanager
def heeded() -> Iterator[Wish]:
    """Turns the first SIGINT or SIGTERM into a wish; handlers are as before afterwards."""
    wish = Wish()
    if threading.current_thread() is not threading.main_thread():
        yield wish  # only the main thread may have handlers
        return
    before = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
