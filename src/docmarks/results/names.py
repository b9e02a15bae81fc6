"""File names for the results of many documents, no two alike."""

from __future__ import annotations

from collections.abc import Iterable


class Names:
    """Gives every document a stem of its own: scan, scan-2, ..."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        """``taken`` are stems that are spoken for."""
        self._taken = {stem.casefold() for stem in taken}

    def __call__(self, stem: str) -> str:
        """The stem itself the first time, then with a number; upper and lower case count as alike.

        On some systems they are one file.
        """
        name, number = stem, 1
        while name.casefold() in self._taken:
            number += 1
            name = f"{stem}-{number}"
        self._taken.add(name.casefold())
        return name
