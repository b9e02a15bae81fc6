"""All checks over all sets, and the safe fixes."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from docmarks.data.check.boxes import check_boxes
from docmarks.data.check.documents import check_documents, check_empty
from docmarks.data.check.finding import Finding
from docmarks.data.check.form import check_form
from docmarks.data.check.images import check_image, places_of
from docmarks.data.check.labels import check_counts, check_labels
from docmarks.data.check.look import look_at_all
from docmarks.data.check.squares import check_squares
from docmarks.data.check.twins import PageSeen, check_twins
from docmarks.data.raw import RawSet
from docmarks.files.atomic import whole
from docmarks.machine.cores import cores
from docmarks.runtime.upright import Upright

BACKUP = ".before-fix"
"""What the file before the first fix is called, after its own name."""

Watch = Callable[[Sequence[Path]], Iterable[Path]]
"""Gives the same files, one by one, and shows how far they have come."""


@dataclass(frozen=True)
class Report:
    """What was found.

    Attributes:
        sets: What was checked.
        findings: All of it.
        compared: Whether pages were compared with one another.
    """

    sets: tuple[RawSet, ...]
    findings: tuple[Finding, ...]
    compared: bool

    def count(self, severity: str) -> int:
        """Findings of one severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def fixable(self, severity: str) -> int:
        """Those of them that ``fix`` mends."""
        return sum(finding.severity == severity and bool(finding.edits) for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "files": [str(raw.file) for raw in self.sets],
            "pages": sum(len(raw.images) for raw in self.sets),
            "boxes": sum(len(raw.annotations) for raw in self.sets),
            "pages_compared": self.compared,
            "counts": dict(Counter(finding.severity for finding in self.findings)),
            "findings": [finding.to_json() for finding in self.findings],
        }


def check(paths: Sequence[Path], watch: Watch = iter, workers: int | None = None, images: bool = True) -> Report:
    """Checks data sets, alone and against each other.

    Args:
        paths: Folders with ``annotations.json``, or such files.
        watch: Wraps the image files, to show a bar.
        workers: Processes that decode images; None takes one a core.
        images: Whether image files are opened at all.

    Raises:
        DocmarksError: A file is no COCO JSON at all.
    """
    sets = tuple(RawSet.load(path) for path in paths)
    compare = images and find_spec("imagehash") is not None
    findings: list[Finding] = []
    for raw in sets:
        findings.extend((*check_form(raw), *check_boxes(raw), *check_labels(raw), *check_empty(raw)))
    findings.extend((*check_counts(sets), *check_documents(sets)))
    if images:
        seen = list(_look(sets, watch, workers or cores(), compare))
        findings.extend(finding for page in seen for finding in check_image(page.raw, page.image, page.seen))
        findings.extend((*check_squares(seen), *check_twins(seen)))
    return Report(sets, tuple(findings), compare)


def fix(report: Report) -> int:
    """Makes the safe changes, keeps each file's first state beside it, and returns how many findings are mended.

    Raises:
        DocmarksError: A file cannot be written.
    """
    mended = [finding for finding in report.findings if finding.edits]
    # Twins of one document share their edits. Of those that are there several times the last ones count.
    shared = {id(finding.edits): finding.edits for finding in reversed(mended)}
    edits = [edit for together in reversed(shared.values()) for edit in together]
    for edit in edits:
        edit.record.update(edit.changes or {})
    gone = {id(edit.record) for edit in edits if edit.changes is None}
    for raw in report.sets:
        raw.data["annotations"] = [record for record in raw.data["annotations"] if id(record) not in gone]
    changed = {finding.file for finding in mended}
    for raw in report.sets:
        if raw.file in changed:
            keep(raw.file, BACKUP)
            raw.save()
    return len(mended)


def _look(sets: Sequence[RawSet], watch: Watch, workers: int, compare: bool) -> Iterator[PageSeen]:
    places = [place for raw in sets for place in places_of(raw)]
    looks = look_at_all(places, compare, workers)
    owners = [(raw, image) for raw in sets for image in raw.images]
    upright = None
    for (raw, image), _, seen in zip(owners, watch([place.file for place in places]), looks, strict=True):
        # Loaded when the processes that decode are there: they need not inherit it.
        upright = upright or Upright()
        quarters = 0 if seen.page is None else upright.quarters_of_page(seen.page)
        yield PageSeen(raw, image, replace(seen, page=None, quarters=quarters))


def keep(file: Path, ending: str) -> None:
    """Copies a file as it is to its name and an ending, unless an earlier state is there.

    Raises:
        DocmarksError: It cannot be copied.
    """
    backup = file.with_name(file.name + ending)
    if not backup.exists():
        # Half a copy would be taken for the first state from then on.
        with whole(backup, "nothing was changed") as part:
            shutil.copy2(file, part)
