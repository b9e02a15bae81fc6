"""Recurring false positives as one page to look at."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from PIL import Image

from docmarks.evaluate.false_positives import FalsePositive, Recurring
from docmarks.pages.png import png_bytes
from docmarks.report.template import template

SHOWN = 8
"""Crops of each group."""

LARGEST = 220
"""Pixels: larger crops are reduced."""


def mined_page(groups: Sequence[Recurring], left_out: Sequence[int], label: str, name: str) -> str:
    """A self-contained HTML page.

    Args:
        groups: In order; their numbers start at 1.
        left_out: Numbers of those that do not go into the data set.
        label: What they are called there.
        name: Of the data sets.
    """
    rows = [
        {
            "number": number,
            "left_out": number in left_out,
            "taken_for": group.found[0].mark.label,
            "documents": group.documents,
            "boxes": len(group.found),
            "crops": [_shown(one) for one in group.found[:SHOWN]],
        }
        for number, group in enumerate(groups, start=1)
    ]
    return template("mined.html").render(rows=rows, label=label, name=name)


def _shown(one: FalsePositive) -> dict[str, str]:
    image = Image.fromarray(one.crop)
    image.thumbnail((LARGEST, LARGEST))
    data = base64.b64encode(png_bytes(image)).decode("ascii")
    return {"data": data, "told": f"{one.page.file.name}, {one.mark.label} {one.mark.score:.2f}"}
