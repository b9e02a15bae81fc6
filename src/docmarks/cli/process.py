"""The process of the `docmarks` command, and how it ends."""

from __future__ import annotations

import os
import sys

from docmarks.cli.main import main

LEAVES_NOTHING = "detect"
"""The command that has nothing to do at the exit: no worker to end, no logger to close, no file still open."""


def run() -> None:
    """Entry point: the command, then the end of its process.

    Python takes its modules apart at the exit, and OpenVINO its network: a tenth of a second, for what the system takes
    back anyway. What succeeded and leaves nothing to do ends without that; who fails or is interrupted ends as ever.
    """
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    if sys.argv[1:2] == [LEAVES_NOTHING]:
        _end()


def _end() -> None:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        return  # nobody reads it any more, or the disk is full: Python's own exit tells it
    os._exit(0)
