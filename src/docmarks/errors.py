"""The one exception that a user is meant to read."""


class DocmarksError(Exception):
    """Something the user can mend: one line that names the file and the cure.

    The command line prints the message without a traceback and exits non-zero;
    from Python it is an ordinary exception.
    """
