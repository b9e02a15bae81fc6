"""The same page twice: harmless within training, a lie when validation has the other one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docmarks.data.check.finding import Edit, Finding
from docmarks.data.check.labels import part_of
from docmarks.data.check.look import Seen
from docmarks.data.dataset import group_of
from docmarks.data.raw import RawSet, Record, called

FEW_BITS = 20
"""Of 256: pages whose hashes differ in more are not compared any further."""

LIKE = 0.97
"""Correlation of the thumbnails from which pages are the same scan. A page saved again, smaller, lighter or a little
turned has 0.98 and more; two letters by one hand on one letterhead have 0.93, one form filled in twice 0.94."""

CHUNK = 512


@dataclass(frozen=True)
class PageSeen:
    """One page with what was seen of it."""

    raw: RawSet
    image: Record
    seen: Seen


def check_twins(pages: Sequence[PageSeen]) -> Iterator[Finding]:
    """Pages that look the same, in different groups or sets."""
    kept = [page for page in pages if page.seen.hash is not None and np.ptp(_thumb(page)) > 0]
    joins = Joins()
    for i, j in twins([_hash(page) for page in kept], [_thumb(page) for page in kept]):
        first, second = kept[i], kept[j]
        if _group(first) == _group(second):
            continue
        where = f"image {called(second.image)}"
        other = called(first.image)
        if first.raw is not second.raw:
            other = str(first.raw.file.parent / other)
        if part_of(first.image) == part_of(second.image):
            told, cure = f"looks the same as {other}", "remove one, or give both the same group"
            yield Finding("page twice", "warning", second.raw.file, where, told, cure)
            continue
        told = (
            f"looks the same as {other}, which is in the {part_of(first.image)} part, this in {part_of(second.image)}"
        )
        yield Finding(
            "page in two parts", "error", second.raw.file, where, told, "give both the same group", joins(first, second)
        )


def twins(hashes: Sequence[NDArray[np.uint8]], thumbs: Sequence[NDArray[np.uint8]]) -> Iterator[tuple[int, int]]:
    """Pairs i < j of pages that look the same; each j once, with its first twin.

    Args:
        hashes: Packed bits, ``[B]`` bytes a page.
        thumbs: Grey, all of one size, none of one value alone.
    """
    if not hashes:
        return
    ones = np.unpackbits(np.stack(hashes), axis=1).astype(np.float32)  # [N, bits]
    counts = ones.sum(axis=1)
    for start in range(0, len(ones), CHUNK):
        rows = ones[start : start + CHUNK]
        # Differing bits of every pair, as one matrix product: |a| + |b| - 2 a.b
        different = counts[start : start + CHUNK, None] + counts[None] - 2 * rows @ ones.T
        for row in range(len(rows)):
            j = start + row
            for i in np.flatnonzero(different[row, :j] <= FEW_BITS):
                if np.corrcoef(thumbs[int(i)].ravel(), thumbs[j].ravel())[0, 1] >= LIKE:
                    yield int(i), j
                    break


class Joins:
    """Edits that bring two groups together.

    Two copies of a document are as many twins as it has pages, and all of them ask for the same edits: the pages of a
    set are sorted into groups once, and each pair of groups has its edits made once.
    """

    def __init__(self) -> None:
        """Nothing is joined yet."""
        self._groups: dict[int, dict[str, list[Record]]] = {}
        self._made: dict[tuple[int, str, str, str], tuple[Edit, ...]] = {}

    def __call__(self, first: PageSeen, second: PageSeen) -> tuple[Edit, ...]:
        """All pages of the second's group go to the first's, and to its part."""
        split = first.image.get("split")
        key = (id(second.raw), _group(second), _group(first), repr(split))
        if key not in self._made:
            self._made[key] = tuple(
                Edit(image, {"group": _group(first), **self._part(first, image)}) for image in self._group_of(second)
            )
        return self._made[key]

    def _group_of(self, page: PageSeen) -> list[Record]:
        groups = self._groups.get(id(page.raw))
        if groups is None:
            groups = self._groups[id(page.raw)] = {}
            for image in page.raw.images:
                groups.setdefault(group_of(image), []).append(image)
        return groups[_group(page)]

    @staticmethod
    def _part(first: PageSeen, image: Record) -> Record:
        if first.image.get("split"):
            return {"split": first.image["split"]}
        return {"split": part_of(first.image)} if image.get("split") else {}


def _group(page: PageSeen) -> str:
    return group_of(page.image)


def _hash(page: PageSeen) -> NDArray[np.uint8]:
    assert page.seen.hash is not None
    return page.seen.hash


def _thumb(page: PageSeen) -> NDArray[np.uint8]:
    assert page.seen.thumb is not None
    return page.seen.thumb
