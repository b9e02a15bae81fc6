"""How much of the network's own speed is left from a long PDF to its marks, and what working on several pages brings.

python benchmarks/end_to_end.py FILE.pdf

Network alone: the prepared pages, decoded and resized beforehand. End to end: the file is opened, each page rendered,
resized, run and selected. In turn, round by round, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import docmarks
from docmarks.machine.cores import cores
from docmarks.machine.heap import keep_freed_memory
from docmarks.pages.document import open_document
from docmarks.runtime.detector import Detector
from docmarks.runtime.in_flight import in_flight
from docmarks.runtime.network import Float
from docmarks.runtime.pages import Wanted, detect_document
from machine import facts, show

KEPT = 8
"""Prepared pages that the network runs again and again."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pdf", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--pages", default="1-50", help="of the file, a round")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    pages = "1-8" if args.quick else args.pages
    keep_freed_memory()  # as `docmarks detect` does
    rows = []
    for streams in (1, cores()):
        detector = docmarks.load_detector(args.model, streams=streams)
        with open_document(args.pdf) as document:
            prepared = [detector.prepare(document.page(n).pixels) for n in range(1, min(KEPT, len(document)) + 1)]

        def whole(detector: Detector = detector) -> int:
            return len(detect_document(lambda _: detector, args.pdf, pages, None, None, Wanted()).pages)

        count = whole()
        inputs = [prepared[n % len(prepared)] for n in range(count)]

        def network(detector: Detector = detector, inputs: list[Float] = inputs) -> int:
            deque(in_flight(detector.session, inputs, detector.streams), maxlen=0)
            return len(inputs)

        network()
        alone, all_of_it = in_turn(network, whole, 1 if args.quick else args.rounds)
        rows.append(
            {
                "pages at once": streams,
                "network alone, pages/s": alone,
                "end to end, pages/s": all_of_it,
                "share": all_of_it / alone,
            }
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    machine = facts("docmarks", "openvino", "pypdfium2") | {"pages": pages, "peak MiB of this process": round(peak)}
    show(f"{args.pdf.name}, from the file to the marks", rows, machine, args.json)


def in_turn(first: Callable[[], int], second: Callable[[], int], rounds: int) -> tuple[float, float]:
    """Items a second of each, medians over the rounds."""
    speeds: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for run, found in zip((first, second), speeds, strict=True):
            began = time.perf_counter()
            count = run()
            found.append(count / (time.perf_counter() - began))
    return statistics.median(speeds[0]), statistics.median(speeds[1])


if __name__ == "__main__":
    main()
