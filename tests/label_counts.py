"""How often each label, and each combination of labels, occurs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from docmarks.labels.counts import JOIN, joined
from docmarks.labels.label_set import LabelSet


def joined_counts(boxes: Iterable[Iterable[str]]) -> Counter[str]:
    """Counts of the label combinations."""
    return Counter(joined(labels) for labels in boxes)


def all_counts(joined: Mapping[str, int]) -> Counter[str]:
    """Counts of the single labels, from those of the combinations."""
    counts: Counter[str] = Counter()
    for combination, n in joined.items():
        for label in combination.split(JOIN):
            counts[label] += n
    return counts


def mapped_counts(joined: Mapping[str, int], label_set: LabelSet) -> Counter[str]:
    """Counts of the set's labels, from those of the source's combinations; dropped boxes do not count."""
    counts: Counter[str] = Counter()
    for combination, n in joined.items():
        for label in label_set.apply(combination.split(JOIN)).labels:
            counts[label] += n
    return counts
