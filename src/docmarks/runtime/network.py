"""What a detector needs of a network, whatever runs it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


class Network(Protocol):
    """Image in, regions out. ``Session`` runs it in OpenVINO, ``OnnxSession`` in ONNX Runtime."""

    @property
    def streams(self) -> int:
        """So many threads may call it at once."""

    def __call__(self, image: Float) -> tuple[Float, Float]:
        """``[1, C, H, W]`` in 0..255 to boxes ``[R, 4]`` in its pixels and scores ``[R, K]``.

        Boxes are ``[R, 4 * K]`` where the regression is class-wise.
        """
