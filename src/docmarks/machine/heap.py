"""Memory that is given back stays with the process, and the next page or step finds it there."""

from __future__ import annotations

import ctypes

# Of glibc's malloc.h.
TRIM_THRESHOLD, MMAP_MAX = -1, -4


def keep_freed_memory() -> bool:
    """Tells the C library not to hand freed memory back to the system, for the rest of the process.

    It maps large blocks anew and unmaps them when they are freed; the system clears each page of them again. A training
    step does this with every feature map, half a million pages a step, for a fifth of its processor time; detection
    with the pixels of every page, for a twentieth. It is for commands, whose process is theirs, not for the library.

    Returns:
        Whether there was anything to tell: glibc has such a setting, other C libraries have none.
    """
    try:
        tell = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    # Blocks come from one heap instead of maps of their own, and its end never shrinks.
    return bool(tell(MMAP_MAX, 0)) and bool(tell(TRIM_THRESHOLD, -1))
