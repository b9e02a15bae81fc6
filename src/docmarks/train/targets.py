"""From marks on a training image to its targets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import torch

from docmarks.marks import Mark
from docmarks.model.targets import Targets


def targets_of(marks: Iterable[Mark], known: Collection[str], labels: Sequence[str]) -> Targets:
    """The targets of one image.

    Args:
        marks: In input pixels, in the labels to learn; those to ignore become ignored regions.
        known: The labels that are fully annotated on it.
        labels: All K labels, in the model's order.

    Raises:
        ValueError: A mark that is not ignored is empty or not finite.
    """
    marks = list(marks)
    learnt = [mark for mark in marks if not mark.ignore]
    boxes = [mark.box for mark in learnt]
    held = [[float(name in mark.labels) for name in labels] for mark in learnt]
    ignored = [mark.box for mark in marks if mark.ignore]
    return Targets(
        torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        torch.tensor(held, dtype=torch.float32).reshape(-1, len(labels)),
        torch.tensor(ignored, dtype=torch.float32).reshape(-1, 4),
        torch.tensor([name in known for name in labels]),
    )
