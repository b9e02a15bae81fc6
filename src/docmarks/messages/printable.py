"""Text that may be shown on a terminal whatever somebody called a file."""

from __future__ import annotations


def printable(text: str) -> str:
    """As it is, but for what would move a terminal's cursor or colour it, which is written out as an escape."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
