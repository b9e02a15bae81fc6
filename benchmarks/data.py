"""How long conversion and check take for sets of growing size, and how much memory.

Pages of 1700 x 2200 pixels, one bit a pixel, made in code; six boxes a page. Each job runs in a process of its own, so
that its peak memory is its own; the processes that decode images are counted by the largest of them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from docmarks.data.coco_file import FILE, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark, Page
from machine import facts, show

WIDTH, HEIGHT, DPI = 1700, 2200, 200.0

BOXES, KINDS = 6, 24

JOBS = {
    "to yolo, images linked": ["convert", "{own}", "{out}/yolo", "--to", "yolo"],
    "yolo to own form, copied": ["convert", "{out}/yolo", "{out}/back", "--copy"],
    "check": ["check", "{out}/back"],
}
"""What is timed, in this order: each works on what the one before it has left."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, nargs="+", default=[1250, 2500, 5000])
    parser.add_argument("--quick", action="store_true", help="40, 80 and 160 pages")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--folder", type=Path, help="for the pages; the system's for temporary files otherwise")
    args = parser.parse_args()
    counts = [40, 80, 160] if args.quick else args.pages
    rows = []
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        dataset = make(Path(folder, "made"), max(counts))
        for count in counts:
            own, out = Path(folder, f"own-{count}"), Path(folder, f"out-{count}")
            write(replace(dataset, pages=dataset.pages[:count]), own / FILE)
            for job, words in JOBS.items():
                seconds, busy, memory, largest = measure([word.format(own=own, out=out) for word in words])
                rows.append(
                    {
                        "job": job,
                        "pages": count,
                        "seconds": seconds,
                        "of a core": busy,
                        "peak MiB": round(memory),
                        "of a worker": round(largest),
                    }
                )
            shutil.rmtree(out)
    show("Data sets, six boxes a page", rows, facts("docmarks", "pillow", "numpy", "imagehash"), args.json)


def make(folder: Path, count: int) -> Dataset:
    """A set in our own form; every page is another one."""
    rng = np.random.default_rng(0)
    kinds = [printed(rng) for _ in range(KINDS)]
    pages = []
    (folder / "images").mkdir(parents=True)
    for number in range(count):
        file = folder / "images" / f"{number:05d}.png"
        rows = kinds[number % KINDS]
        moved = np.roll(rows, tuple(int(v) for v in rng.integers(0, rows.shape)), (0, 1))
        Image.frombytes("1", (WIDTH, HEIGHT), moved.tobytes()).save(file, dpi=(DPI, DPI))
        marks = []
        for _ in range(BOXES):
            left, top = (float(v) for v in rng.uniform(0, (WIDTH - 320, HEIGHT - 120)).round(1))
            label = LABELS[int(rng.integers(len(LABELS)))]
            marks.append(Mark((left, top, left + float(rng.integers(20, 300)), top + 100.0), (label,)))
        full = frozenset(LABELS)
        pages.append(DatasetPage(file, Page(WIDTH, HEIGHT, DPI, marks=tuple(marks)), f"{number // 3}", full))
    return Dataset(folder, folder.name, tuple(pages))


def printed(rng: np.random.Generator) -> np.ndarray:
    """A page of strokes in words and lines, as many edges as print has: ``[HEIGHT, bytes]``, eight pixels a byte."""
    draw = ImageDraw.Draw(page := Image.new("1", (WIDTH, HEIGHT), 1))
    for line in range(60, HEIGHT - 60, 34):
        x = 120
        while x < WIDTH - 240:
            word = int(rng.integers(20, 140))
            if rng.random() < 0.8:
                for stroke in range(x, x + word, 7):
                    draw.line((stroke, line, stroke + int(rng.integers(-3, 4)), line + 18), 0, 2)
            x += word + 16
    return np.packbits(np.asarray(page), axis=1)


def measure(command: list[str]) -> tuple[float, float, float, float]:
    """Seconds by the clock and of a core, peak memory of the command and of the largest process it has started, MiB."""
    code = (
        "import json, resource, sys, time\n"
        "from docmarks.cli.main import main\n"
        "began, code = time.perf_counter(), 0\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit as end:\n    code = end.code\n"
        "used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]\n"
        "busy = sum(u.ru_utime + u.ru_stime for u in used)\n"
        # The system's figure for a process itself begins at what its parent had.
        "status = open('/proc/self/status').read().split()\n"
        "own = int(status[status.index('VmHWM:') + 1])\n"
        "told = [time.perf_counter() - began, busy, own, used[1].ru_maxrss, code]\n"
        "print(json.dumps(told), file=sys.stderr)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, "data", *command], capture_output=True, text=True, env={**os.environ}, check=True
    )
    seconds, busy, own, children, ended = json.loads(run.stderr.splitlines()[-1])
    if ended not in (0, 1, None):
        raise SystemExit(run.stderr)
    return seconds, busy, own / 1024, children / 1024


if __name__ == "__main__":
    main()
