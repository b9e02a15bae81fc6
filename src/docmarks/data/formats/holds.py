"""What a format can hold, and a data set cut down to that, every loss counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.formats.notes import Notes
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import POINTS_PER_INCH, Mark


@dataclass(frozen=True)
class Holds:
    """What survives in a format.

    Attributes:
        several: Several labels a box.
        uncertain: ``Mark.ignore``.
        unlabelled: Ignored boxes without any label.
        scores: One confidence a box.
        each_score: One confidence a label of a box.
        group: Which pages are one document.
        dpi: A page's resolution.
        split: A page's part.
        every_part: Every page has a part as soon as one has.
        exhaustive: Which labels are fully annotated, page by page.
        declares: The labels of the set are listed, so that one without a box is not forgotten.
        extra: Other keys of a page.
        info: What is said of the whole set: licence, source and the like.
        over_edge: Boxes that reach over the edge of their page.
    """

    several: bool = False
    uncertain: bool = False
    unlabelled: bool = False
    scores: bool = False
    each_score: bool = False
    group: bool = False
    dpi: bool = False
    split: bool = False
    every_part: bool = False
    exhaustive: bool = False
    declares: bool = True
    extra: bool = False
    info: bool = False
    over_edge: bool = True


EVERYTHING = Holds(
    several=True,
    uncertain=True,
    unlabelled=True,
    scores=True,
    each_score=True,
    group=True,
    dpi=True,
    split=True,
    exhaustive=True,
    extra=True,
    info=True,
)


def ordered(labels: Iterable[str]) -> list[str]:
    """Labels in the order of the taxonomy, then the others by name."""
    found = set(labels)
    return [*(label for label in LABELS if label in found), *sorted(found.difference(LABELS))]


def labels_of(dataset: Dataset) -> list[str]:
    """Every label that a box has or that is fully annotated somewhere."""
    used = {label for page in dataset.pages for mark in page.page.marks for label in mark.labels}
    return ordered(used.union(*(page.exhaustive for page in dataset.pages)))


def fit(dataset: Dataset, holds: Holds, notes: Notes) -> Dataset:
    """The data set as a format can hold it.

    Args:
        dataset: The whole.
        holds: What the format can.
        notes: Told each thing that is lost. Nothing is told if, and only if, nothing is.
    """
    pages = tuple(_fit_page(page, holds, notes) for page in dataset.pages)
    if holds.every_part and any(page.part for page in pages):
        for page in pages:
            if not page.part:
                notes.add("pages without a part (put into train)", page.file.name)
        pages = tuple(replace(page, part=page.part or "train") for page in pages)
    if not holds.exhaustive:
        used = {label for page in pages for mark in page.page.marks for label in mark.labels}
        full = frozenset(labels_of(replace(dataset, pages=pages)) if holds.declares else used)
        for page in pages:
            if page.exhaustive != full:
                notes.add("pages with their own fully annotated labels (exhaustive: lost)", page.file.name)
        pages = tuple(replace(page, exhaustive=full) for page in pages)
    if not holds.group:
        sizes = Counter(page.group for page in pages)
        shared = [sizes[page.group] > 1 for page in pages]
        for page in (page for page, lost in zip(pages, shared, strict=True) if lost):
            notes.add("pages that share a document (group: lost)", page.file.name)
        alone = zip(pages, shared, strict=True)
        pages = tuple(replace(page, group=str(page.file)) if lost else page for page, lost in alone)
    if not holds.info:
        said = [key for key in dataset.info if key not in ("name", "exhaustive")]
        notes.add("entries of info, such as licence or source (lost)", ", ".join(said), len(said))
    return replace(dataset, pages=pages, info=dataset.info if holds.info else {})


def _fit_page(page: DatasetPage, holds: Holds, notes: Notes) -> DatasetPage:
    where, size = page.file.name, (page.page.width, page.page.height)
    marks = tuple(kept for mark in page.page.marks if (kept := _fit_mark(mark, size, holds, notes, where)) is not None)
    dpi, part, extra = page.page.dpi, page.part, page.extra
    if not holds.dpi and dpi != POINTS_PER_INCH:
        notes.add("resolutions (dpi: lost)", where)
        dpi = POINTS_PER_INCH
    if not holds.split and part:
        notes.add("parts: train, val or test (split: lost)", where)
        part = ""
    if not holds.extra and extra:
        notes.add(f"pages with further keys ({', '.join(sorted(extra))}: lost)", where)
        extra = {}
    return replace(page, page=replace(page.page, marks=marks, dpi=dpi), part=part, extra=extra)


def _fit_mark(mark: Mark, size: tuple[int, int], holds: Holds, notes: Notes, where: str) -> Mark | None:
    if mark.ignore and not holds.uncertain:
        # Written like any other it would be taught as sure.
        notes.add("uncertain boxes (left out)", where)
        return None
    if not mark.labels and not holds.unlabelled:
        notes.add("boxes without a label (left out)", where)
        return None
    box, labels, scores = mark.box, mark.labels, mark.scores
    if len(labels) > 1 and not holds.several:
        notes.add("boxes with several labels (the first kept)", where)
        labels, scores = labels[:1], scores[:1]
    if scores and not holds.scores:
        notes.add("boxes with scores (the scores lost)", where)
        scores = ()
    if len(set(scores)) > 1 and not holds.each_score:
        notes.add("boxes with a score for each label (the best kept for all)", where)
        scores = (max(scores),) * len(scores)
    if not holds.over_edge:
        left, top, right, bottom = box
        inside = (max(0.0, left), max(0.0, top), min(float(size[0]), right), min(float(size[1]), bottom))
        if inside != box:
            notes.add("boxes over the edge of their page (cut)", where)
            box = inside
    return Mark(box, labels, scores, mark.ignore)
