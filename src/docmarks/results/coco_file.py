"""Marks as COCO: images, categories, and annotations with scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docmarks.results.schema import DocumentRecord


def to_coco(documents: Sequence[DocumentRecord], labels: Sequence[str]) -> dict[str, Any]:
    """One COCO object, without the pages that could not be read.

    A mark with several labels is one annotation with ``labels`` and ``scores`` beside COCO's keys.

    Args:
        documents: What was found.
        labels: The detector's labels, in the order of the category identifiers from 1.
    """
    identifier = {label: i for i, label in enumerate(labels, start=1)}
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for document in documents:
        for page in document.pages:
            if page.error is not None:
                continue
            images.append(
                {
                    "id": len(images) + 1,
                    "file_name": document.file,
                    "page": page.number,
                    "width": page.width,
                    "height": page.height,
                    "dpi": page.dpi,
                }
            )
            for mark in page.marks:
                width, height = mark.right - mark.left, mark.bottom - mark.top
                annotations.append(
                    {
                        "id": len(annotations) + 1,
                        "image_id": len(images),
                        "category_id": identifier[mark.label],
                        "bbox": [mark.left, mark.top, round(width, 3), round(height, 3)],
                        "area": round(width * height, 3),
                        "iscrowd": 0,
                        "score": mark.confidence,
                        "labels": [entry.label for entry in mark.labels],
                        "scores": [entry.confidence for entry in mark.labels],
                    }
                )
    categories = [{"id": i, "name": label} for label, i in identifier.items()]
    return {
        "info": {"description": "found by docmarks"},
        "images": images,
        "annotations": annotations,
        "categories": categories,
    }
