"""A mark as the record that stands for it on disk."""

from __future__ import annotations

from typing import Any

from docmarks.marks import Mark

UNLABELLED = "Other Text"
"""The category of a mark without labels: COCO knows none without a category."""


def category_of(mark: Mark) -> str:
    """The name of the category that its record is of: its first label."""
    return mark.label if mark.labels else UNLABELLED


def annotation_record(mark: Mark, identifier: int, image: Any, category: int | str) -> dict[str, Any]:
    """The annotation of a mark.

    Args:
        mark: The mark; ``bbox`` is its left, top, width and height in pixels.
        identifier: Of the annotation.
        image: Identifier of its image.
        category: Identifier of ``category_of`` it.
    """
    left, top, right, bottom = mark.box
    return {
        "id": identifier,
        "image_id": image,
        "category_id": category,
        "labels": list(mark.labels),
        "bbox": [left, top, right - left, bottom - top],
        "area": (right - left) * (bottom - top),
        "iscrowd": 0,
        **({"uncertain": True} if mark.ignore else {}),
        **({"scores": list(mark.scores)} if mark.scores else {}),
    }
