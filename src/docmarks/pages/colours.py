"""The colour of each label, in one table."""

from __future__ import annotations

COLOURS: dict[str, tuple[int, int, int]] = {
    "Filled Checkbox": (233, 30, 140),  # pink
    "Unfilled Checkbox": (33, 110, 243),  # blue
    "Handwriting": (0, 150, 136),  # teal
    "Signature": (220, 30, 30),  # red
    "Redaction": (245, 200, 0),  # yellow
    "Date": (255, 140, 0),  # orange
    "Stamp": (121, 72, 40),  # brown
    "Initials": (142, 36, 170),  # purple
    "Strikethrough": (96, 96, 96),  # grey
}

OTHER = (60, 120, 60)


def colour(label: str) -> tuple[int, int, int]:
    """Red, green, blue in 0..255."""
    return COLOURS.get(label, OTHER)


def legible_on(background: tuple[int, int, int]) -> str:
    """Black or white, whichever stands out (luma of ITU-R BT.601)."""
    red, green, blue = background
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 150 else "white"
