"""The numbers of a data set as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from rich.table import Table

from docmarks.data.assign import PAGES, read_documents
from docmarks.data.dataset import Dataset
from docmarks.data.raw import RawSet
from docmarks.data.split import PARTS
from docmarks.data.stats import Stats
from docmarks.labels.counts import JOIN
from docmarks.labels.explain import explain
from docmarks.labels.label_set import LabelSet
from docmarks.messages.console import wide_console


def print_stats(stats: Stats) -> None:
    """Labels with their counts in each part and their sizes; combinations; pages."""
    console, parts = wide_console(), list(stats.joined)
    labels = _table("Labels", ["label", *parts, "pages complete", "side, px at the input (5 %, median, 95 %)"])
    for label in stats.labels:
        low, middle, high = np.percentile(stats.sizes[label].sides, (5, 50, 95))
        counts = [str(stats.single[part][label]) for part in parts]
        labels.add_row(label, *counts, str(stats.exhaustive[label]), f"{low:.0f} {middle:.0f} {high:.0f}")
    console.print(labels)
    several = sum(stats.joined.values(), Counter[str]())
    if any(JOIN in name for name in several):
        joined = _table("Combinations", ["labels", *parts])
        for name, _ in several.most_common():
            joined.add_row(name, *(str(stats.joined[part][name]) for part in parts))
        console.print(joined)
    pages = _table("Pages", ["", *parts])
    pages.add_row("pages", *(str(stats.pages[part]) for part in parts))
    pages.add_row("documents", *(str(stats.groups[part]) for part in parts))
    pages.add_row("boxes", *(str(stats.joined[part].total()) for part in parts))
    console.print(pages)
    boxes = [n for n in sorted(stats.boxes_a_page) for _ in range(stats.boxes_a_page[n])]
    if not boxes:
        return
    print(
        f"boxes a page: median {boxes[len(boxes) // 2]}, most {boxes[-1]}, none on {stats.boxes_a_page[0]} pages; "
        f"{stats.uncertain} boxes uncertain"
    )
    (width, height), often = stats.page_sizes.most_common(1)[0]
    print(f"page sizes: {len(stats.page_sizes)}; most frequent {width} x {height} ({often} pages)")


def print_parts(sets: Sequence[RawSet], dealt: Counter[str]) -> None:
    """How the labels lie in the parts after a split."""
    counts = {part: Counter[str]() for part in PARTS}
    for document in read_documents(sets).values():
        counts[str(document.images[0].get("split"))].update(document.counts)
    total = sum(counts.values(), Counter[str]())
    table = _table("Parts", ["", *(f"{part} ({dealt[part]} new documents)" for part in PARTS)])
    for label in (PAGES, *(label for label, _ in total.most_common() if label != PAGES)):
        table.add_row(label, *(f"{counts[p][label]} ({counts[p][label] / max(total[label], 1):.0%})" for p in PARTS))
    wide_console().print(table)


def print_label_set(dataset: Dataset, label_set: LabelSet) -> None:
    """Counts before and after."""
    marks = [mark for page in dataset.pages for mark in page.page.marks if not mark.ignore]
    before = Counter(label for mark in marks for label in mark.labels)
    kept = [mapped for mark in marks if (mapped := label_set.apply(mark.labels).labels)]
    after = Counter(label for labels in kept for label in labels)
    table = _table(f"{dataset.name} in {label_set.name}", ["label", "before", "after"])
    for label in sorted({*before, *after}, key=lambda name: -max(before[name], after[name])):
        table.add_row(label, str(before[label] or ""), str(after[label] or ""))
    table.add_row("boxes", str(len(marks)), str(len(kept)))
    wide_console().print(table)


def print_explained(dataset: Dataset, label_set: LabelSet) -> None:
    """What each rule does to each combination of labels."""
    marks = (mark for page in dataset.pages for mark in page.page.marks if not mark.ignore)
    table = _table("Rules", ["labels", "boxes", "become", "because"])
    for row in explain(Counter(tuple(sorted(mark.labels)) for mark in marks), label_set):
        table.add_row(row.source, str(row.boxes), row.target or "(dropped)", "; ".join(row.trace))
    wide_console().print(table)


def _table(title: str, columns: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for i, column in enumerate(columns):
        table.add_column(column, justify="left" if i == 0 or column in ("become", "because") else "right")
    return table
