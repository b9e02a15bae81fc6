"""The one exception that a user is meant to read, and the one of the system that is nobody's fault."""

from __future__ import annotations

import errno


class DocmarksError(Exception):
    """Something the user can mend: one line that names the file and the cure.

    The command line prints the message without a traceback and exits non-zero;
    from Python it is an ordinary exception.
    """


def is_full_disk(error: Exception) -> bool:
    """Whether there was no room for what was written; files tell that as a ``DocmarksError`` that names them."""
    return isinstance(error, OSError) and error.errno == errno.ENOSPC
