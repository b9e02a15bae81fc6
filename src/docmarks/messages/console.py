"""Where tables go."""

from __future__ import annotations

from rich.console import Console

WIDE = 200
"""Columns."""


def wide_console() -> Console:
    """Standard output; a file or pipe has no width, and cutting columns there would lose numbers."""
    console = Console()
    return console if console.is_terminal else Console(width=WIDE)
