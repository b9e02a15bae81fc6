"""How large the network sees a page: smaller is faster, larger shows more of what is small, both together see best."""

from __future__ import annotations

from collections.abc import Sequence

from docmarks.errors import DocmarksError

FAST, USUAL, ACCURATE = (0.75,), (1.0,), (1.0, 1.25)
"""Times the sides that the model was made for; the work goes with the square.

Of several, a page is seen at each and the answers become one (``runtime.fusion``). Training shows pages at 0.78 to 1.29
times the size of detection (``crops.page_long_side`` of the recipe). Much beyond that a network finds less, not more.
"""

LEAST, MOST = 0.25, 3.0


def named(sizes: Sequence[float]) -> str:
    """As a key: "0.75", "1+1.25"."""
    return "+".join(f"{size:g}" for size in sizes)


def of_name(name: str) -> tuple[float, ...]:
    """The sizes of a key."""
    return tuple(float(size) for size in name.split("+"))


def check_sizes(sizes: Sequence[float]) -> tuple[float, ...]:
    """The sizes themselves, each once.

    Raises:
        DocmarksError: There is none, or one is not between 0.25 and 3.
    """
    if not sizes:
        raise DocmarksError(f"no size: name one between {LEAST:g} and {MOST:g}")
    for size in sizes:
        if not LEAST <= size <= MOST:
            raise DocmarksError(f"a size of {size:g}: take a number between {LEAST:g} and {MOST:g}")
    return tuple(dict.fromkeys(sizes))
