"""Training and validation, by document."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from docmarks.data.dataset import Dataset, DatasetPage

VALIDATION_SHARE = 0.2

PARTS = ("train", "val", "test")
"""What a page's own ``split`` may say."""


def is_validation(group: str, share: float = VALIDATION_SHARE) -> bool:
    """Whether a document group belongs to the validation part, where the data set does not say.

    The first eight bytes of the group's SHA-256, as a fraction of 2**64, lie below ``share``: the same on every
    machine, and a page that is added moves no other.
    """
    return fraction(group) < share


def fraction(text: str) -> float:
    """A text as an even number in 0..1: the same on every machine."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "big") / 2**64


def part_of(page: DatasetPage, share: float = VALIDATION_SHARE) -> str:
    """The part of a page: its own, else by its group's hash."""
    return page.part or ("val" if is_validation(page.group, share) else "train")


def pages_of(dataset: Dataset, part: str, share: float = VALIDATION_SHARE) -> Dataset:
    """The pages of one part."""
    return replace(dataset, pages=tuple(page for page in dataset.pages if part_of(page, share) == part))


def split(dataset: Dataset, share: float = VALIDATION_SHARE) -> tuple[Dataset, Dataset]:
    """(training, validation); the pages of a group stay together, test pages are in neither."""
    return pages_of(dataset, "train", share), pages_of(dataset, "val", share)
