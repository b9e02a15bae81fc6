"""What a detector needs of a network, whatever runs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

Regions = tuple[Float, Float]
"""Boxes ``[R, 4]`` and scores ``[R, K]`` of one image, as ``Network``."""


class Network(Protocol):
    """Image in, regions out. ``Session`` runs it in OpenVINO, ``OnnxSession`` in ONNX Runtime."""

    @property
    def streams(self) -> int:
        """So many threads may call it at once."""

    def __call__(self, image: Float) -> Regions:
        """``[1, C, H, W]`` in 0..255 to boxes ``[R, 4]`` in its pixels and scores ``[R, K]``.

        Boxes are ``[R, 4 * K]`` where the regression is class-wise.
        """


def of_each(outputs: Sequence[NDArray[Any]], count: int) -> list[Regions]:
    """What a network gives for ``count`` images, image by image.

    Args:
        outputs: Of an exported file: ``boxes``, ``scores`` and ``image_index``. Files that were exported before there
            were batches take one image and have no index.
        count: How many images it was given.
    """
    boxes, scores, *index = outputs
    if count == 1:
        return [(boxes, scores)]
    return [(boxes[index[0] == image], scores[index[0] == image]) for image in range(count)]
