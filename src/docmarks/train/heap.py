"""Memory that a step gives back stays with the process, and the next step finds it there."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from docmarks.train.config import TrainConfig

# Of glibc's malloc.h.
TRIM_THRESHOLD, MMAP_MAX = -1, -4


def keeps(config: TrainConfig, place: torch.device) -> bool:
    """Whether a training keeps what its steps free.

    Not on a GPU, and not with checkpointing: who checkpoints has less memory than time, and what is kept is a fifth
    more.
    """
    return place.type == "cpu" and not config.model.checkpointing


def keep_freed_memory() -> bool:
    """Tells the C library not to hand freed memory back to the system, for the rest of the process.

    It maps every block of 32 MiB or more anew and unmaps it when it is freed; the system clears each page of it again.
    A training step does this with every feature map, half a million pages a step, for a fifth of its processor time.

    Returns:
        Whether there was anything to tell: glibc has such a setting, other C libraries have none.
    """
    try:
        tell = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    # Blocks come from one heap instead of maps of their own, and its end never shrinks.
    return bool(tell(MMAP_MAX, 0)) and bool(tell(TRIM_THRESHOLD, -1))
