"""Labels of which a label set knows nothing: their boxes teach nothing, and nobody should find out late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from docmarks.data.dataset import Dataset
from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import LABELS, SPELLINGS
from docmarks.messages.nearest import did_you_mean


def left_out(datasets: Sequence[Dataset], rules: LabelSet) -> list[str]:
    """A line for every label that is neither of the taxonomy nor known to the label set.

    Raises:
        DocmarksError: No box of these data sets has a label of the set.
    """
    marks = (mark for dataset in datasets for page in dataset.pages for mark in page.page.marks if not mark.ignore)
    together = Counter(mark.labels for mark in marks)
    boxes: Counter[str] = Counter()
    for labels, count in together.items():
        boxes.update({label: count for label in labels if label not in (*LABELS, *SPELLINGS)})
    unknown = {label: count for label, count in sorted(boxes.items()) if not rules.apply([label]).labels}
    lines = [
        f"{count} boxes of {label} are left out: label set {rules.name} does not have it{_hint(label)}"
        for label, count in unknown.items()
    ]
    if unknown and not any(rules.apply(labels).labels for labels in together):
        raise DocmarksError(f"nothing to train on: {lines[0]}; name your labels in a --label-set (docs/data.md)")
    return lines


def _hint(label: str) -> str:
    meant = did_you_mean(label, LABELS)
    return f" ({meant})" if meant else ""
