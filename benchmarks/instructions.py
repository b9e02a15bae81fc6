"""What fewer of a processor's instructions cost: the same pages as older processors and laptops without VNNI see them.

python benchmarks/instructions.py FOLDER [--model FILE]

A process of its own for each limit (OpenVINO reads it once, from ONEDNN_MAX_CPU_ISA), in turn, round by round. A limit
over what this processor has changes nothing. "lost" are the marks at the stored thresholds that are found with all
instructions and no more (the same label, IoU 0.5), "new" those that are found only now.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import docmarks
from docmarks.export.agreement import same_mark
from docmarks.marks import Mark
from docmarks.pages.collect import collect
from docmarks.pages.document import open_document
from machine import facts, show

LIMITS = {"all": "DEFAULT", "AVX-512 without VNNI": "AVX512_CORE", "AVX2": "AVX2"}
ALIKE = 0.5
"""IoU."""

Marks = list[list[Mark]]
"""A list a page."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.alone:
        alone(args.folder, args.model, 3 if args.quick else None, args.json)
        return
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in LIMITS}
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        command = [sys.executable, __file__, str(args.folder), "--alone", "--json", str(told)]
        command += ["--model", str(args.model)] if args.model else []
        command += ["--quick"] if args.quick else []
        for _ in range(1 if args.quick else args.rounds):
            for name, limit in LIMITS.items():
                limited = os.environ | {"ONEDNN_MAX_CPU_ISA": limit, "XDG_CACHE_HOME": str(Path(folder, limit))}
                subprocess.run(command, check=True, env=limited)
                runs[name].append(json.loads(told.read_text()))
    with_all = marks_of(runs["all"][0])
    best = statistics.median(run["seconds"] for run in runs["all"])
    rows = []
    for name, found in runs.items():
        seconds, marks = statistics.median(run["seconds"] for run in found), marks_of(found[0])
        rows.append(
            {
                "instructions": name,
                "seconds a page": seconds,
                "times as long": seconds / best,
                "marks": sum(map(len, marks)),
                "lost": missing(with_all, marks),
                "new": missing(marks, with_all),
            }
        )
    show(f"{len(with_all)} pages of {args.folder.name}", rows, facts("docmarks", "openvino"), args.json)


def alone(folder: Path, model: Path | None, most: int | None, out: Path) -> None:
    """Under the limit that this process has: the median seconds of a decoded page, and its marks."""
    detector = docmarks.load_detector(model)
    seconds: list[float] = []
    found: list[list[dict[str, Any]]] = []
    for file in collect([folder]).files[:most]:
        with open_document(file) as document:
            pixels = document.page(1).pixels
        if not found:
            detector(pixels)  # the first page compiles for its shape
        began = time.perf_counter()
        marks = detector(pixels).marks(detector.thresholds)
        seconds.append(time.perf_counter() - began)
        found.append([{"label": mark.label, "box": mark.box} for mark in marks])
    out.write_text(json.dumps({"seconds": statistics.median(seconds), "marks": found}))


def marks_of(run: dict[str, Any]) -> Marks:
    """What ``alone`` told, as marks again."""
    return [[Mark(tuple(mark["box"]), (mark["label"],)) for mark in page] for page in run["marks"]]


def missing(wanted: Marks, found: Marks) -> int:
    """How many of the first have none of the second in their place."""
    return sum(
        not any(same_mark(one, other, ALIKE) for other in others)
        for ones, others in zip(wanted, found, strict=True)
        for one in ones
    )


if __name__ == "__main__":
    main()
