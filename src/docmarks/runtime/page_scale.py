"""How far a page is reduced or enlarged for the network: Detectron2's ``ResizeShortestEdge``."""

from __future__ import annotations


def scale_of(width: int, height: int, short_side: int, long_side: int) -> float:
    """The short side becomes ``short_side``, unless the long one would then exceed ``long_side``; all in pixels."""
    return min(short_side / min(width, height), long_side / max(width, height))


def size_at(width: int, height: int, scale: float) -> tuple[int, int]:
    """(width, height) at a scale, in whole pixels as Detectron2 rounds them, but never none."""
    return max(1, int(width * scale + 0.5)), max(1, int(height * scale + 0.5))
