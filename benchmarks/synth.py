"""How many pages a second one core makes, by family and by kind of the general mix."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from docmarks.synth.family import names
from docmarks.synth.family_pages import family_pages
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.kinds import KINDS
from docmarks.synth.page import SyntheticPages
from machine import facts, show


def rate(make: Callable[[int], object], count: int) -> float:
    """Pages a second of the processor's own time."""
    make(0)
    began = time.process_time()
    for number in range(1, count + 1):
        make(number)
    return count / (time.process_time() - began)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ink", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    ink = InkLibrary.load(args.ink) if args.ink else InkLibrary.builtin()
    count = 10 if args.quick else 60
    rows: list[dict[str, object]] = []
    for name in names():
        # A corpus of 300, so that a few pages show the family's whole mix; its plan is made before.
        pages = family_pages(name, 300, 0, args.ink)
        step = len(pages) // (count + 1)
        rows.append({"pages": f"family {name}", "a second a core": rate(lambda i, p=pages, s=step: p[i * s], count)})  # type: ignore[misc]
    for kind in (*KINDS, "all"):
        general = SyntheticPages(ink, tuple(KINDS) if kind == "all" else (kind,))
        rows.append({"pages": f"kind {kind}", "a second a core": rate(general, count)})
    show("Made pages, 950 to 1250 pixels long", rows, facts("docmarks", "pillow", "pypdfium2"), args.json)


if __name__ == "__main__":
    main()
