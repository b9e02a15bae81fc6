import subprocess
import sys

import numpy as np
import pytest

from docmarks.errors import DocmarksError
from docmarks.runtime.ahead import load_ahead
from docmarks.runtime.detector import Detector
from docmarks.runtime.model_file import load_network
from docmarks.weights import DEFAULT_MODEL

INTERRUPTED = """
import atexit, signal, sys
from docmarks.runtime.ahead import load_ahead
from docmarks.weights import DEFAULT_MODEL

signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGALRM, lambda number, frame: signal.raise_signal(signal.SIGINT))
network = load_ahead(DEFAULT_MODEL, "cpu", 1)
atexit.register(lambda: print("ended" if network.done() else "left behind"))
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    network.result()
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_it_is_the_network_that_is_loaded_at_once():
    page = np.random.default_rng(0).integers(0, 256, (1, 1, 64, 96)).astype(np.float32)
    ahead = load_ahead(DEFAULT_MODEL, "cpu", 2)
    assert ahead.result() is ahead.result() and ahead.result().streams == 2
    for mine, theirs in zip(ahead.result()(page), load_network(DEFAULT_MODEL)(page), strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-4)
    assert Detector.load(network=ahead.result).session is ahead.result()


def test_who_asks_for_the_network_is_told_why_there_is_none(tmp_path):
    (tmp_path / "a.xml").write_text("nothing")
    ahead = load_ahead(tmp_path / "a.xml", "cpu", 1)
    for _ in range(2):
        with pytest.raises(DocmarksError, match=r"a\.xml: not a model that can be run"):
            ahead.result()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
def test_ctrl_c_while_it_loads_waits_for_its_end(tmp_path, monkeypatch):
    """A thread that comes back from OpenVINO into a Python that is being taken down takes the process with it."""
    monkeypatch.setenv("DOCMARKS_CACHE", str(tmp_path))  # nothing is compiled yet: it takes a second or two
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (130, "ended\n", "")
