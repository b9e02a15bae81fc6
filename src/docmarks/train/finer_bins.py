"""The second stage's first layer, for regions pooled into finer bins than it has learnt with."""

from __future__ import annotations

from torch import Tensor

LAYER = "roi_heads.box_head.fc1.weight"


def can_be_carried(old: tuple[int, int], new: tuple[int, int]) -> bool:
    """Whether every bin of ``old`` is cut into whole ones of ``new``, and any into more than one."""
    return old != new and new[0] % old[0] == 0 and new[1] % old[1] == 0


def carried(weight: Tensor, old: tuple[int, int], new: tuple[int, int]) -> Tensor:
    """Each new bin weighs its part of what the bin weighs that it is cut from.

    What a bin holds is the mean of samples; those of its parts lie elsewhere in it, so the layer answers about what it
    did, and exactly that where features change evenly.

    Args:
        weight: ``[width, C * old[0] * old[1]]``.
        old: Bins down and across.
        new: Multiples of them.

    Returns:
        ``[width, C * new[0] * new[1]]``.
    """
    down, across = new[0] // old[0], new[1] // old[1]
    finer = weight.unflatten(1, (-1, *old)).repeat_interleave(down, dim=2).repeat_interleave(across, dim=3)
    return finer.flatten(1) / (down * across)
