"""Marks as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from docmarks.results.schema import DocumentRecord


def to_json(document: DocumentRecord) -> str:
    """One document, indented: the content of its result file."""
    return document.model_dump_json(indent=1) + "\n"


def to_json_list(documents: Sequence[DocumentRecord]) -> str:
    """A list of documents on one line, for a pipe; in ASCII, so that it passes through every terminal's encoding."""
    return json.dumps([document.model_dump() for document in documents])
