"""The share of predictions that are right at each score, as a curve that rises with the score.

Pool adjacent violators: Ayer et al., 1955; as calibration: Zadrozny and Elkan, 2002.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


@dataclass(frozen=True)
class RisingShare:
    """The curve.

    Attributes:
        score: ``[N]``, rising.
        share: ``[N]`` right at that score, rising; linear between scores.
    """

    score: Float
    share: Float

    def __call__(self, score: Float) -> Float:
        """The share at each score; the score itself where nothing was fitted."""
        return np.interp(score, self.score, self.share) if len(self.score) else score


def fit(score: Float, right: NDArray[np.bool_]) -> RisingShare:
    """The rising curve nearest to the outcomes (least squares).

    Args:
        score: ``[N]``.
        right: ``[N]``.
    """
    at, group = np.unique(score, return_inverse=True)
    weight = np.bincount(group, minlength=len(at)).astype(np.float64)
    value = np.bincount(group, right.astype(np.float64), len(at)) / np.maximum(weight, 1)
    blocks: list[tuple[float, float, int]] = []  # (mean, weight, how many scores)
    for mean, n in zip(value, weight, strict=True):
        block = (float(mean), float(n), 1)
        while blocks and blocks[-1][0] >= block[0]:
            last, heavy, count = blocks.pop()
            total = heavy + block[1]
            block = ((last * heavy + block[0] * block[1]) / total, total, count + block[2])
        blocks.append(block)
    return RisingShare(at, np.repeat([mean for mean, _, _ in blocks], [count for _, _, count in blocks]))
