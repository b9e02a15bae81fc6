"""Marks found where there is surely none, and which of them look alike from document to document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from docmarks.data.dataset import DatasetPage
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Box, Mark

NEAR = 0.25
"""A mark that is closer than this share of a detection's sides, annotated or uncertain, may be what was meant."""

THUMB = 24
"""Pixels a side of what is compared."""

LIKE = 0.85
"""Cosine of the thumbnails from which two look alike."""

STRETCH = 1.5
"""And neither side may be longer than this times the other's."""


@dataclass(frozen=True)
class FalsePositive:
    """A mark that is none.

    Attributes:
        page: Where, in source labels.
        mark: As it was found, in pixels of the page.
        crop: ``[h, w]`` grey, what is there.
        paper: Grey of the paper around it.
    """

    page: DatasetPage
    mark: Mark
    crop: NDArray[np.uint8]
    paper: float = 255.0


@dataclass(frozen=True)
class Recurring:
    """False positives that look alike, the most confident first.

    Attributes:
        found: At least one.
    """

    found: tuple[FalsePositive, ...]

    @property
    def documents(self) -> int:
        """In how many documents (groups of pages)."""
        return len({one.page.group for one in self.found})


def false_positives(
    page: DatasetPage, image: NDArray[np.uint8], found: Sequence[Mark], label_set: LabelSet
) -> list[FalsePositive]:
    """Which of the marks found on a page are surely none.

    Its best label must be fully annotated on the page, and no annotated mark or uncertain region, of whatever label,
    may be near.

    Args:
        page: In source labels.
        image: ``[H, W, 3]`` or ``[H, W]``.
        found: Detections, in its pixels.
        label_set: Of their labels.
    """
    complete = label_set.exhaustive(page.exhaustive)
    grey = image if image.ndim == 2 else np.asarray(Image.fromarray(image).convert("L"))
    paper = float(np.percentile(grey[::7, ::7], 80))
    kept = []
    for mark in found:
        if mark.label not in complete or any(_near(mark.box, other.box) for other in page.page.marks):
            continue
        left, top, right, bottom = (round(v) for v in mark.box)
        crop = grey[max(0, top) : bottom, max(0, left) : right]
        if min(crop.shape) >= 2:
            kept.append(FalsePositive(page, mark, crop.copy(), paper))
    return kept


def recurring(found: Sequence[FalsePositive], documents: int = 2) -> list[Recurring]:
    """Groups of those that look alike, the ones in most documents first.

    The most confident of a group is its leader; one joins the first leader it looks like.

    Args:
        found: Of all pages.
        documents: A group in fewer documents is left out.
    """
    leaders: list[FalsePositive] = []
    members: list[list[FalsePositive]] = []
    thumbs = np.zeros((0, THUMB * THUMB), np.float32)
    for one in sorted(found, key=lambda one: -one.mark.score):
        mine = thumbnail(one.crop, one.paper)
        like = thumbs @ mine if len(leaders) else np.zeros(0, np.float32)
        for i in np.argsort(-like, kind="stable"):
            if like[i] >= LIKE and _same_size(one.mark, leaders[i].mark):
                members[int(i)].append(one)
                break
        else:
            leaders.append(one)
            members.append([one])
            thumbs = np.concatenate((thumbs, mine[None]))
    groups = [Recurring(tuple(group)) for group in members]
    kept = [group for group in groups if group.documents >= documents]
    return sorted(kept, key=lambda group: (-group.documents, -len(group.found), -group.found[0].mark.score))


def thumbnail(crop: NDArray[np.uint8], paper: float) -> NDArray[np.float32]:
    """What is compared: darkness, ``[THUMB * THUMB]`` of length 1, so that a product of two is their cosine.

    Darkness against the paper, not against the crop's own mean: a black block would have nothing left.
    """
    small = Image.fromarray(crop).resize((THUMB, THUMB), Image.Resampling.BOX)
    dark = np.maximum(paper - np.asarray(small, np.float32).ravel(), 0)
    length = float(np.linalg.norm(dark))
    return np.asarray(dark / length if length > 0 else dark, np.float32)


def _near(box: Box, other: Box) -> bool:
    x, y = NEAR * (box[2] - box[0]), NEAR * (box[3] - box[1])
    return box[0] - x < other[2] and other[0] < box[2] + x and box[1] - y < other[3] and other[1] < box[3] + y


def _same_size(a: Mark, b: Mark) -> bool:
    ratios = (a.width / max(b.width, 1e-6), a.height / max(b.height, 1e-6))
    return all(1 / STRETCH <= ratio <= STRETCH for ratio in ratios)
