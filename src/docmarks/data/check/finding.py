"""What a check finds, and the change that would mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
"""An error stops or spoils a training run; a warning may; a note is to be known."""


@dataclass(frozen=True)
class Edit:
    """One change of a record.

    Attributes:
        record: The image or annotation record itself.
        changes: Keys to set; None removes the record from its list.
    """

    record: dict[str, Any]
    changes: Mapping[str, Any] | None


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        kind: A short name that findings of the same sort share.
        severity: How bad.
        file: The annotation file.
        where: Image, annotation or label that it is about.
        what: What is wrong.
        cure: What helps.
        edits: Changes that mend it safely; empty if a person has to.
    """

    kind: str
    severity: Severity
    file: Path
    where: str
    what: str
    cure: str
    edits: tuple[Edit, ...] = field(default=(), repr=False)

    @property
    def line(self) -> str:
        """All of it in one line."""
        return f"{self.file}: {self.where}: {self.what}; {self.cure}"

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "kind": self.kind,
            "severity": self.severity,
            "file": str(self.file),
            "where": self.where,
            "what": self.what,
            "cure": self.cure,
            "fixable": bool(self.edits),
        }
