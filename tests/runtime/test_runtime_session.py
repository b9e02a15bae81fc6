import subprocess
import sys

SCRIPT = """
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


def test_a_signal_is_survived_after_models_have_gone():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout) == (0, "heard\n"), done.stderr
