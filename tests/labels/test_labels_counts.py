"""The counts published for 2,339 lease documents, reproduced from the counts of the combinations."""

from collections import Counter

import pytest

from docmarks.labels.label_set import LabelSet
from label_counts import all_counts, joined_counts, mapped_counts

JOINED = {
    "Signature": 2330, "Other Text": 1041, "Redaction": 3101, "Date": 1093, "Initials": 3403,
    "Initials-Stamp": 24, "Address": 354, "Strikethrough": 215, "Name": 891, "Filled Checkbox": 898,
    "Unfilled Checkbox": 532, "Date-Stamp": 202, "Empty Signature Zone": 65, "Name-Stamp": 114,
    "Other Text-Stamp": 43, "Name-Strikethrough": 2, "Name-Other Text-Stamp": 5, "Date-Initials": 5,
    "Stamp": 7, "Date-Other Text-Signature-Stamp": 1, "Stamp-Strikethrough": 1, "Printed-Title": 25,
    "Address-Printed": 9, "Name-Printed": 11, "Title": 38, "Correction": 2, "Correction-Other Text": 2,
    "Stamp-Title": 2, "Address-Empty": 1, "Empty-Initials": 1, "Date-Empty": 1, "Date-Printed": 2,
    "Signature-Stamp": 1, "Filled Checkbox-Strikethrough": 1, "Strikethrough-Unfilled Checkbox": 5,
    "Other Text-Strikethrough": 3, "Name-Signature": 1, "Date-Strikethrough": 3, "Address-Stamp": 1,
    "Filled Checkbox-Redaction": 1, "Filled Checkbox-Unfilled Checkbox": 1, "Strikethrough4": 4,
}  # fmt: skip

ALL = {
    "Signature": 2333, "Other Text": 1095, "Redaction": 3102, "Date": 1307, "Initials": 3433, "Stamp": 401,
    "Address": 365, "Strikethrough": 230, "Name": 1024, "Filled Checkbox": 901, "Unfilled Checkbox": 538,
    "Empty Signature Zone": 65, "Printed": 47, "Title": 65, "Correction": 4, "Empty": 3, "Strikethrough4": 4,
}  # fmt: skip

PUBLISHED = {
    "v1": {
        "Handwriting": 6796, "Redaction": 3101, "Signature": 2331, "Filled Checkbox": 899,
        "Unfilled Checkbox": 537,
    },
    "v2": {
        "Signature": 2333, "Date": 1299, "Initials": 3427, "Handwriting": 2496, "Redaction": 3101,
        "Stamp": 401, "Filled Checkbox": 899, "Unfilled Checkbox": 537, "Strikethrough": 234,
    },
    "v3": {
        "Handwriting": 6796, "Redaction": 3101, "Signature": 2331, "Filled": 899, "Checkbox": 1436,
        "Unfilled": 537,
    },
    # One box is both filled and unfilled: as a set of labels it is one Checkbox (it was published as two).
    "v4": {"Handwriting": 6796, "Signature": 2331, "Checkbox": 1438, "Filled": 901, "Redaction": 3102},
}  # fmt: skip


def test_combinations_add_up_to_the_single_labels():
    assert sum(JOINED.values()) == 14442 and all_counts(JOINED) == ALL


@pytest.mark.parametrize("name", PUBLISHED)
def test_rules_reproduce_the_published_counts(name):
    assert mapped_counts(JOINED, LabelSet.load(name)) == PUBLISHED[name]


def test_counts_of_boxes():
    boxes = [("Stamp", "Date"), ("Date", "Stamp"), ("Date",)]
    assert joined_counts(boxes) == Counter({"Date-Stamp": 2, "Date": 1})
