"""What every stage of a trained network makes of a document's first page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from docmarks.model.stages import stages
from docmarks.pages.document import open_document
from docmarks.runtime.prepare import prepare
from docmarks.train.checkpoint import Checkpoint, build_model


def page_stages(checkpoint: Checkpoint, page: Path) -> dict[str, NDArray[np.float32]]:
    """The arrays of ``model.stages`` by name, ``pixels`` ``[1, C, h, w]`` first.

    Raises:
        DocmarksError: The document cannot be read.
    """
    with open_document(page) as document:
        pixels = prepare(document.page(1).pixels, checkpoint.model.input)
    return {name: value.numpy() for name, value in stages(build_model(checkpoint), torch.from_numpy(pixels)).items()}
