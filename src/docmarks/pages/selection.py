"""Which pages: "1-3,7"."""

from __future__ import annotations

from docmarks.errors import DocmarksError

MOST_DIGITS = 9
"""More pages than these can number has no document."""


def parse_pages(text: str) -> tuple[range, ...]:
    """Ranges of page numbers, 1-based; "5-" runs to the end of any document.

    Raises:
        DocmarksError: The text is no list of pages.
    """
    if not isinstance(text, str):
        raise DocmarksError(f'pages {text!r}: no list of pages as a text; write for example "1-3,7"')
    ranges = []
    for part in text.split(","):
        low, dash, high = part.strip().partition("-")
        if not _is_number(low) or int(low) < 1 or (high and not _is_number(high)):
            raise DocmarksError(f"--pages {text}: not a list of pages; write for example 1-3,7")
        last = (int(high) if high else 10**9) if dash else int(low)
        if last < int(low):
            raise DocmarksError(f"--pages {text}: {part.strip()} runs backwards")
        ranges.append(range(int(low), last + 1))
    return tuple(ranges)


def _is_number(text: str) -> bool:
    """Whether ``int`` reads it as one: not a superscript, and not thousands of digits."""
    return text.isdecimal() and len(text) <= MOST_DIGITS


def chosen(count: int, ranges: tuple[range, ...] | None) -> list[int]:
    """The page numbers of a document of ``count`` pages that were asked for, in order."""
    return [n for n in range(1, count + 1) if ranges is None or any(n in r for r in ranges)]
