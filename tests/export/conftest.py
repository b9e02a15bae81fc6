import re

import numpy as np
import pytest

from docmarks.export.int8 import ANSWERS_IN_FP32
from docmarks.export.int8_groups import fp32_layers
from docmarks.runtime.session import read_network
from docmarks.train.checkpoint import write_tensors
from tiny import PLACES, square_finder, square_page, tiny_config


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run folder with a detector that finds black squares."""
    folder = tmp_path_factory.mktemp("run")
    tensors = {f"average.{name}": value for name, value in square_finder().state_dict().items()}
    write_tensors(folder / "last.safetensors", tensors, tiny_config(), {"step": 3, "thresholds": {"Stamp": 0.25}})
    return folder


@pytest.fixture(scope="module")
def pages():
    """Images ``[96, 96]`` with a square at each of ``PLACES``."""
    return [square_page(x, y)[0].numpy().astype(np.uint8) for x, y in PLACES]


@pytest.fixture
def answers(onnx_file):
    """Names of the layers that give offsets and scores."""
    layers = fp32_layers(read_network(onnx_file))
    return [name for name in layers if any(re.search(pattern, name) for pattern in ANSWERS_IN_FP32)]
