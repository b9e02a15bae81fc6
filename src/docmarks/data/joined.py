"""Two annotations of one page as one: each was complete for other labels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.errors import DocmarksError
from docmarks.marks import Mark
from docmarks.runtime.nms import iou_with

SAME_MARK = 0.8
"""Boxes that two people draw around one mark overlap by so much (IoU); around two marks they hardly do."""


def joined(one: DatasetPage, other: DatasetPage) -> DatasetPage:
    """The page with the marks of both; what both boxed is one mark with the labels of both.

    Args:
        one: Its file, group and keys of the image record stay.
        other: The same page.

    Raises:
        DocmarksError: They disagree on its size or part, or both say that a label is complete: whose is right?
    """
    twice = sorted(one.exhaustive & other.exhaustive)
    if twice:
        raise DocmarksError(
            f"{one.name}: {twice[0]} is fully annotated in two data sets; leave one of them out, "
            "or take the label out of what one calls exhaustive"
        )
    sizes = [(page.page.width, page.page.height) for page in (one, other)]
    if sizes[0] != sizes[1]:
        raise DocmarksError(
            f"{one.name}: is {sizes[0][0]} x {sizes[0][1]} pixels in one data set and {sizes[1][0]} x {sizes[1][1]} "
            "in another; see what `docmarks data check` says of both"
        )
    if one.part and other.part and one.part != other.part:
        raise DocmarksError(
            f"{one.name}: is for {one.part} in one data set and for {other.part} in another; take `split` out of one"
        )
    own, added = list(one.page.marks), []
    for mark in other.page.marks:
        ious = iou_with(np.array(mark.box), np.array([drawn.box for drawn in own]).reshape(-1, 4))
        ious[[drawn.ignore != mark.ignore for drawn in own]] = 0.0
        if ious.max(initial=0.0) >= SAME_MARK:
            at = int(ious.argmax())
            own[at] = Mark(own[at].box, tuple(dict.fromkeys(own[at].labels + mark.labels)), ignore=mark.ignore)
        else:
            added.append(mark)
    return replace(
        one,
        page=replace(one.page, marks=(*own, *added)),
        exhaustive=one.exhaustive | other.exhaustive,
        extra={**other.extra, **one.extra},
        part=one.part or other.part,
    )
