"""What is in a data set, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.data.dataset import Dataset
from docmarks.data.split import PARTS, part_of
from docmarks.labels.counts import joined
from docmarks.runtime.page_scale import scale_of

Float = NDArray[np.float64]

PERCENTILES = (5, 25, 50, 75, 95)


@dataclass(frozen=True)
class Sizes:
    """One label's boxes, in pixels at the network's input.

    Attributes:
        widths: ``[N]``.
        heights: ``[N]``.
    """

    widths: Float
    heights: Float

    @property
    def sides(self) -> Float:
        """Square root of each area, ``[N]``."""
        return np.sqrt(self.widths * self.heights)


@dataclass(frozen=True)
class Stats:
    """The numbers of one or several data sets together.

    Attributes:
        pages: Pages of each part.
        groups: Documents of each part.
        joined: How often each combination of labels occurs, written "Date-Stamp", in each part.
        single: How often each label occurs, in each part.
        uncertain: Boxes that count for nothing.
        exhaustive: On how many pages each label is fully annotated.
        boxes_a_page: Pages by their number of boxes.
        page_sizes: Pages by (width, height).
        together: Boxes that carry both labels of a pair; pages that have boxes of both.
        sizes: Of each label.
        resize: (short side, long side) of the network's input that ``sizes`` are for.
    """

    pages: Counter[str]
    groups: Counter[str]
    joined: dict[str, Counter[str]]
    single: dict[str, Counter[str]]
    uncertain: int
    exhaustive: Counter[str]
    boxes_a_page: Counter[int]
    page_sizes: Counter[tuple[int, int]]
    together: dict[str, Counter[tuple[str, str]]]
    sizes: dict[str, Sizes]
    resize: tuple[int, int]

    @property
    def labels(self) -> list[str]:
        """Every label that has a box, most frequent first."""
        total = sum(self.single.values(), Counter[str]())
        return [label for label, _ in total.most_common()]

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "pages": dict(self.pages),
            "groups": dict(self.groups),
            "all_counts": dict(sum(self.single.values(), Counter[str]())),
            "joined_counts": dict(sum(self.joined.values(), Counter[str]())),
            "parts": {
                part: {"all_counts": dict(self.single[part]), "joined_counts": dict(self.joined[part])}
                for part in self.single
            },
            "uncertain": self.uncertain,
            "exhaustive_pages": dict(self.exhaustive),
            "boxes_a_page": {str(n): count for n, count in sorted(self.boxes_a_page.items())},
            "page_sizes": [{"width": w, "height": h, "pages": n} for (w, h), n in self.page_sizes.most_common()],
            "together": {
                where: [{"labels": list(pair), "count": n} for pair, n in counts.most_common()]
                for where, counts in self.together.items()
            },
            "resize": {"short_side": self.resize[0], "long_side": self.resize[1]},
            "box_px": {
                label: {
                    what: dict(zip(map(str, PERCENTILES), np.percentile(values, PERCENTILES).round(1), strict=True))
                    for what, values in (("width", s.widths), ("height", s.heights), ("side", s.sides))
                }
                for label, s in self.sizes.items()
            },
        }


def stats(datasets: Sequence[Dataset], short_side: int, long_side: int) -> Stats:
    """Counts and sizes of data sets, in source labels.

    Args:
        datasets: The sets; images are not opened.
        short_side: Of the network's input: a page is resized until its short side has so many pixels ...
        long_side: ... unless its long side would exceed this.
    """
    pages: Counter[str] = Counter()
    groups: dict[str, set[str]] = {}
    combined = {part: Counter[str]() for part in PARTS}
    single = {part: Counter[str]() for part in PARTS}
    exhaustive: Counter[str] = Counter()
    boxes: Counter[int] = Counter()
    page_sizes: Counter[tuple[int, int]] = Counter()
    together = {"boxes": Counter[tuple[str, str]](), "pages": Counter[tuple[str, str]]()}
    sides: dict[str, list[tuple[float, float]]] = {}
    uncertain = 0
    for dataset in datasets:
        for page in dataset.pages:
            part, size = part_of(page), (page.page.width, page.page.height)
            scale = scale_of(*size, short_side, long_side)
            pages[part] += 1
            groups.setdefault(part, set()).add(page.group)
            exhaustive.update(page.exhaustive)
            page_sizes[size] += 1
            marks = [mark for mark in page.page.marks if not mark.ignore]
            uncertain += len(page.page.marks) - len(marks)
            boxes[len(marks)] += 1
            for mark in marks:
                combined[part][joined(mark.labels)] += 1
                single[part].update(mark.labels)
                together["boxes"].update(pairs(mark.labels))
                for label in mark.labels:
                    sides.setdefault(label, []).append((mark.width * scale, mark.height * scale))
            together["pages"].update(pairs({label for mark in marks for label in mark.labels}))
    used = [part for part in PARTS if pages[part]]
    sizes = {label: Sizes(*np.array(found, dtype=np.float64).T) for label, found in sides.items()}
    return Stats(
        pages,
        Counter({part: len(names) for part, names in groups.items()}),
        {part: combined[part] for part in used},
        {part: single[part] for part in used},
        uncertain,
        exhaustive,
        boxes,
        page_sizes,
        together,
        sizes,
        (short_side, long_side),
    )


def pairs(labels: Sequence[str] | set[str]) -> list[tuple[str, str]]:
    """Every two different labels, in alphabetical order."""
    names = sorted(set(labels))
    return [(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
