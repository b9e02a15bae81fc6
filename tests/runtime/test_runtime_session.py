"""What holds for a process: signals after a model has gone, and the first pages of several threads."""

import os
import subprocess
import sys

import numpy as np
import onnx
import pytest

from docmarks.errors import DocmarksError
from docmarks.export.onnx_file import export_onnx
from docmarks.runtime.session import Session
from docmarks.runtime.sheet import ModelSheet
from tiny import tiny_model

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


def test_new_weights_in_an_old_file_are_not_taken_from_the_cache(tmp_path):
    """OpenVINO's cache takes a file of the same path, size and time for the same network."""
    model = tiny_model()
    sheet = ModelSheet(name="tiny", version="1", config=model.config, thresholds=(0.1, 0.1))
    export_onnx(model, sheet, tmp_path / "model.onnx")
    network = onnx.load(tmp_path / "model.onnx")
    [bias] = [tensor for tensor in network.graph.initializer if tensor.name == "roi_heads.predictor.labels.bias"]
    page, scores, sizes = np.full((1, 1, 64, 64), 90, np.float32), [], []
    for value in (-2.0, -1.0):
        bias.CopyFrom(onnx.numpy_helper.from_array(np.full(bias.dims, value, np.float32), bias.name))
        onnx.save(network, tmp_path / "model.onnx")
        os.utime(tmp_path / "model.onnx", (1_700_000_000, 1_700_000_000))
        sizes.append((tmp_path / "model.onnx").stat().st_size)
        scores.append(Session(tmp_path / "model.onnx")(page)[1].max())
    assert sizes[0] == sizes[1]
    assert scores[1] > scores[0] + 0.05


@pytest.mark.parametrize("content", [None, b"", b"not a network"])
def test_what_is_no_network_is_one_line_that_names_the_file(tmp_path, content):
    path = tmp_path / "model.onnx"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DocmarksError, match=r"model\.onnx: (no such model file|not a model)"):
        Session(path)
