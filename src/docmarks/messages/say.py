"""A remark on standard error."""

from __future__ import annotations

import sys

from docmarks.messages.printable import printable


def say(line: str) -> None:
    """One line, after the program's name."""
    print(f"docmarks: {printable(line)}", file=sys.stderr)


def not_installed(error: ImportError) -> str:
    """What is missing, and what brings it."""
    return f"{error.name or error} is not installed; pip install 'docmarks[train]'"
