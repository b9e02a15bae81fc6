"""Corrected pages put back into their data set; what was not corrected stays to the letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from docmarks.data.coco_reader import CocoReader
from docmarks.data.coco_record import annotation_record, category_of
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.formats.holds import EVERYTHING, Holds
from docmarks.data.raw import RawSet, Record
from docmarks.errors import DocmarksError
from docmarks.marks import Mark

SAME = 0.05
"""Edges that differ by less, in pixels, are the same: other programs keep boxes in percent, and round."""

BACKUP = ".before-update"
"""Ends the name of the state before the first correction."""


@dataclass(frozen=True)
class Changes:
    """What was put back.

    Attributes:
        pages: Pages in the correction.
        passed_over: Pages of them that nobody has looked at: without marks, and with nothing fully annotated.
        changed: Pages of them with other marks than before.
        kept: Marks on the changed pages that are as they were.
        new: Marks that are new, moved, or have other labels.
        gone: Marks that are not there any more, or were moved or relabelled.
    """

    pages: int = 0
    passed_over: int = 0
    changed: int = 0
    kept: int = 0
    new: int = 0
    gone: int = 0


def update(raw: RawSet, corrected: Dataset, says: Holds = EVERYTHING) -> Changes:
    """Gives each page of the correction, found by its image, the marks that it has there.

    Records are changed in ``raw``; nothing is written. Marks that did not change keep their record with all its keys,
    and everything that a page's own record says stays.

    Args:
        raw: The data set.
        corrected: Its pages, or some of them, with other marks.
        says: What the correction could say: a mark is as it was if it is as far as that goes, and one that could not
            be there is not gone.

    Raises:
        DocmarksError: The data set has a mistake, or a corrected page is not in it or is of another size.
    """
    pages = CocoReader(raw.file, raw.data).dataset().pages
    of_file: dict[Path, dict[int, int]] = defaultdict(dict)
    for number, page in enumerate(pages):
        of_file[page.file.resolve()][page.number] = number
    records: dict[Any, list[Record]] = defaultdict(list)
    for record in raw.annotations:
        records[record["image_id"]].append(record)
    identifiers = [record.get("id") for record in raw.annotations]
    free = max((number for number in identifiers if isinstance(number, int)), default=0) + 1
    total = Changes()
    for page in corrected.pages:
        old = _in_file(of_file[page.file.resolve()], page.number)
        if old is None:
            raise DocmarksError(f"{page.file}: is not in {raw.file}; correct pages of that data set")
        _same_size(page, pages[old])
        if not page.page.marks and not page.exhaustive:
            total = replace(total, pages=total.pages + 1, passed_over=total.passed_over + 1)
            continue
        image = raw.images[old]["id"]
        mine, n_new = _records(pages[old].page.marks, records[image], page.page.marks, says, raw, image, free)
        free += n_new
        n_kept = len(mine) - n_new
        n_gone = len(records[image]) - n_kept
        records[image] = mine
        changed = bool(n_new or n_gone)
        total = Changes(
            total.pages + 1,
            total.passed_over,
            total.changed + changed,
            total.kept + (n_kept if changed else 0),
            total.new + n_new,
            total.gone + n_gone,
        )
    raw.data["annotations"] = [record for image in raw.images for record in records[image["id"]]]
    return total


def _in_file(pages: Mapping[int, int], number: int) -> int | None:
    """Which of a file's pages is meant: one that is alone there may be called the first, or what it once was."""
    return next(iter(pages.values())) if len(pages) == 1 and 1 in (number, *pages) else pages.get(number)


def _records(
    before: Sequence[Mark],
    records: Sequence[Record],
    after: Sequence[Mark],
    says: Holds,
    raw: RawSet,
    image: Any,
    free: int,
) -> tuple[list[Record], int]:
    """The page's records after the correction, and how many of them are new."""
    left = list(zip(before, records, strict=True))
    found, n_new = [], 0
    for mark in after:
        place = next((i for i, (old, _) in enumerate(left) if _is_same(old, mark, says)), None)
        if place is not None:
            found.append(left.pop(place)[1])
            continue
        corrected = replace(mark, scores=())  # what somebody has put there is no guess any more
        found.append(annotation_record(corrected, free + n_new, image, _category(category_of(mark), raw)))
        n_new += 1
    return found + [record for old, record in left if not _could_be_there(old, says)], n_new


def _is_same(old: Mark, mark: Mark, says: Holds) -> bool:
    near = all(abs(p - q) < SAME for p, q in zip(old.box, mark.box, strict=True))
    alike = set(old.labels) == set(mark.labels) or (not says.several and set(mark.labels) < set(old.labels))
    return near and alike and (old.ignore == mark.ignore or not says.uncertain)


def _could_be_there(mark: Mark, says: Holds) -> bool:
    return (says.uncertain or not mark.ignore) and (says.unlabelled or bool(mark.labels))


def _category(name: str, raw: RawSet) -> int | str:
    """The category of a name; a new one if there is none."""
    categories = raw.data["categories"]
    for category in categories:
        if category.get("name") == name:
            return category["id"]
    taken = [category.get("id") for category in categories]
    categories.append({"id": max((n for n in taken if isinstance(n, int)), default=0) + 1, "name": name})
    return categories[-1]["id"]


def _same_size(page: DatasetPage, old: DatasetPage) -> None:
    size, before = (page.page.width, page.page.height), (old.page.width, old.page.height)
    if size != before:
        told = " x ".join(map(str, size)), " x ".join(map(str, before))
        raise DocmarksError(f"{page.file}: was corrected as {told[0]}, and is {told[1]} in the data set; convert it")
