"""Loads the network in a thread of its own, while Python imports what comes after it."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

from docmarks.runtime.model_file import load_network
from docmarks.runtime.network import Network
from docmarks.runtime.session import core


class NetworkAhead:
    """A network that is being loaded; calling it waits for the end."""

    def __init__(self, file: Path, device: str, streams: int) -> None:
        """Begins; arguments as those of ``load_network``."""
        if device == "cpu":
            core()  # here: in a thread that ends, OpenVINO would leave its handling of signals behind
        self._network: Network | None = None
        self._error: Exception | None = None
        self._done = Event()
        Thread(target=self._load, args=(file, device, streams)).start()

    def __call__(self) -> Network:
        """The network.

        Raises:
            DocmarksError: As ``load_network``.
        """
        # Not by joining the thread: one whose join Ctrl-C breaks off counts as ended (CPython's bpo-45274), so the
        # process would not wait for it at its exit, and crash.
        self._done.wait()
        if self._error is not None:
            raise self._error
        assert self._network is not None
        return self._network

    def _load(self, file: Path, device: str, streams: int) -> None:
        try:
            self._network = load_network(file, device, streams=streams)
        except Exception as error:  # it is whoever asks for the network who is to know
            self._error = error
        finally:
            self._done.set()
