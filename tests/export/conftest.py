import numpy as np
import pytest

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
