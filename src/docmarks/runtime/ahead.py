"""Loads the network in a thread of its own, while Python imports what comes after it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from docmarks.runtime.model_file import load_network
from docmarks.runtime.network import Network
from docmarks.runtime.session import core


def load_ahead(file: Path, device: str, streams: int) -> Future[Network]:
    """Begins to load a network; its result is the network, or the error of ``load_network``, whose arguments these are.

    A future and not a thread to join: a thread whose join Ctrl-C breaks off counts as ended (CPython's bpo-45274), so
    the process would not wait for it at its exit, and crash.
    """
    if device == "cpu":
        core()  # here: in a thread that ends, OpenVINO would leave its handling of signals behind
    pool = ThreadPoolExecutor(1)
    network = pool.submit(load_network, file, device, streams=streams)
    pool.shutdown(wait=False)
    return network
