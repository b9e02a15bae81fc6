"""Training and validation, by document."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from docmarks.data.dataset import Dataset

VALIDATION_SHARE = 0.2


def is_validation(group: str, share: float = VALIDATION_SHARE) -> bool:
    """Whether a document group belongs to the validation part.

    The first eight bytes of the group's SHA-256, as a fraction of 2**64, lie below ``share``: the same on every
    machine, and a page that is added moves no other.
    """
    return int.from_bytes(hashlib.sha256(group.encode("utf-8", "surrogatepass")).digest()[:8], "big") / 2**64 < share


def split(dataset: Dataset, share: float = VALIDATION_SHARE) -> tuple[Dataset, Dataset]:
    """(training, validation); the pages of a group stay together."""
    training = tuple(page for page in dataset.pages if not is_validation(page.group, share))
    validation = tuple(page for page in dataset.pages if is_validation(page.group, share))
    return replace(dataset, pages=training), replace(dataset, pages=validation)
