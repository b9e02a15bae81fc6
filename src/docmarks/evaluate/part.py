"""Which documents of a data set are evaluated."""

from enum import Enum


class Part(str, Enum):
    """A part of each set, by a hash of its documents' groups, or all of it."""

    train = "train"
    validation = "validation"
    test = "test"
    all = "all"
