"""How many pages a second one core makes."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from machine import facts, show

from docmarks.synth.ink import InkLibrary
from docmarks.synth.kinds import KINDS
from docmarks.synth.page import SyntheticPages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ink", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    ink = InkLibrary.load(args.ink) if args.ink else InkLibrary.builtin()
    count = 10 if args.quick else 60
    rows = []
    for kind in (*KINDS, "all"):
        pages = SyntheticPages(ink, tuple(KINDS) if kind == "all" else (kind,))
        pages(0)
        began = time.process_time()
        for seed in range(1, count + 1):
            pages(seed)
        rows.append({"kind": kind, "pages a second a core": count / (time.process_time() - began)})
    show("Made pages, 950 to 1250 pixels long", rows, facts("docmarks", "pillow", "pypdfium2"), args.json)


if __name__ == "__main__":
    main()
