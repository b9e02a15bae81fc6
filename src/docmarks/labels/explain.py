"""What a label set makes of each combination of labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from docmarks.labels.counts import JOIN, joined
from docmarks.labels.label_set import LabelSet


@dataclass(frozen=True)
class Explained:
    """One combination.

    Attributes:
        source: As annotated, "Date-Stamp".
        boxes: How many carry it.
        target: What they become; empty if they are dropped.
        trace: The rules that fired, in order.
    """

    source: str
    boxes: int
    target: str
    trace: tuple[str, ...]


def explain(combinations: Mapping[tuple[str, ...], int], label_set: LabelSet) -> list[Explained]:
    """Every combination of labels with what becomes of it, most frequent first."""
    found = []
    for labels, boxes in Counter(combinations).most_common():
        mapped = label_set.apply(labels)
        found.append(Explained(joined(labels), boxes, JOIN.join(mapped.labels), mapped.trace))
    return found
