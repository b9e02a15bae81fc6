"""Findings as lines to read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from docmarks.data.check.finding import Finding
from docmarks.data.check.run import Report
from docmarks.messages.printable import printable

SHOWN = 3
"""Findings of a kind that are listed; the others are counted."""

SEVERITIES = ("error", "warning", "note")


def lines(report: Report, every: bool = False) -> Iterator[str]:
    """The findings by severity and kind, and a sum.

    Args:
        report: What was found.
        every: Lists all findings of a kind.
    """
    for severity in SEVERITIES:
        kinds: dict[str, list[Finding]] = defaultdict(list)
        for finding in report.findings:
            if finding.severity == severity:
                kinds[finding.kind].append(finding)
        for kind, findings in kinds.items():
            shown = findings if every else findings[:SHOWN]
            for finding in shown:
                mends = " (--fix does it)" if finding.edits else ""
                yield printable(f"{severity}: {kind}: {finding.line}{mends}")
            if len(findings) > len(shown):
                yield f"{severity}: {kind}: {len(findings) - len(shown)} more; --all lists them"
    if not report.compared:
        yield "note: pages were not compared with one another; pip install 'docmarks[train]' for that"
    pages, boxes = (sum(len(found) for found in lists) for lists in _lists(report))
    counts = ", ".join(f"{report.count(severity)} {severity}s" for severity in SEVERITIES)
    yield f"{pages} pages, {boxes} boxes: {counts}"


def _lists(report: Report) -> tuple[list[list[object]], list[list[object]]]:
    return [[*raw.images] for raw in report.sets], [[*raw.annotations] for raw in report.sets]
