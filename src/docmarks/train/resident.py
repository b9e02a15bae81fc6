"""How much memory this process holds."""

from __future__ import annotations

import resource
import sys
from pathlib import Path


def resident() -> float:
    """Bytes in memory now."""
    status = Path("/proc/self/statm")
    if status.exists():
        return float(int(status.read_text().split()[1]) * resource.getpagesize())
    # Elsewhere only the peak is told, which is no less.
    return peak()


def peak() -> float:
    """Most bytes in memory so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(most if sys.platform == "darwin" else most * 1024)  # told in bytes there, in KiB elsewhere
