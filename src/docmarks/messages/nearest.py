"""What somebody may have meant by a name that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

ALIKE = 0.6
"""Of 0 to 1: less alike names are another thing."""


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "", alike: float = ALIKE) -> str:
    """The question that names the nearest of what is known, or ``otherwise`` where none is near."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=alike)
    return f"did you mean {near[0]}?" if near else otherwise
