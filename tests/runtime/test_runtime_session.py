"""What holds for a process: signals after a model has gone, and the first pages of several threads."""

import subprocess
import sys

SIGNAL = """
import gc, signal
from docmarks.runtime.detector import Detector

first, second = Detector.load(), Detector.load()
del first
gc.collect()
del second
gc.collect()
signal.signal(signal.SIGINT, lambda number, frame: print("heard"))
signal.raise_signal(signal.SIGINT)
"""

FIRST = """
import sys, threading
import numpy as np
from docmarks.runtime.session import Session
from docmarks.weights import DEFAULT_MODEL

sys.setswitchinterval(1e-6)
network = Session(DEFAULT_MODEL, threads=1, streams=2)
page, both, done = np.zeros((1, 1, 64, 64), np.float32), threading.Barrier(2), []

def work():
    both.wait()
    done.append(network(page))

threads = [threading.Thread(target=work) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(done))
"""


def test_two_threads_may_begin_at_once():
    """Each made OpenVINO's binding to NumPy, and both waited for the other for good."""
    done = subprocess.run([sys.executable, "-c", FIRST], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "2\n"), done.stderr


def test_a_signal_is_survived_after_models_have_gone():
    done = subprocess.run([sys.executable, "-c", SIGNAL], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "heard\n"), done.stderr
