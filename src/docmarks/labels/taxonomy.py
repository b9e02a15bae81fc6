"""The 16 labels that annotators give; a box may carry several."""

from __future__ import annotations

LABELS: tuple[str, ...] = (
    "Signature",
    "Initials",
    "Date",
    "Name",
    "Title",
    "Address",
    "Other Text",
    "Stamp",
    "Printed",
    "Strikethrough",
    "Correction",
    "Redaction",
    "Filled Checkbox",
    "Unfilled Checkbox",
    "Empty Signature Zone",
    "Empty",
)
"""In the order of the categories of an annotation file (identifiers 1 to 16)."""

SPELLINGS: tuple[str, ...] = ("Strikethrough4",)
"""Misspellings that occur in annotations, so that rules may name them."""

NOT_A_MARK = "Not a mark"
"""None of them: what `docmarks mine` calls hard negatives, unless it is told another name."""
