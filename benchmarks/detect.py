"""How fast the command is: pages a second, cold start, peak memory, on a folder of documents.

python benchmarks/detect.py FOLDER [--model FILE]
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import docmarks
from docmarks.pages.collect import collect
from docmarks.pages.document import open_document
from docmarks.runtime.pages import Wanted, detect_page, see
from docmarks.synth.kinds.lease import lease
from docmarks.synth.printed.house import House
from docmarks.synth.printed.typeset import to_pdf
from machine import facts, show


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()

    detector = docmarks.load_detector(args.model, args.threads)
    files = collect([args.folder]).files[: 5 if args.quick else None]
    decode, detect = [], []
    for number, file in enumerate(files):
        began = time.perf_counter()
        with open_document(file) as document:
            page = see(document, 1, detector)
        decoded = time.perf_counter()
        detect_page(detector, page, Wanted())
        if number:  # the first page compiles for its shape
            decode.append(decoded - began)
            detect.append(time.perf_counter() - decoded)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    both = [a + b for a, b in zip(decode, detect, strict=True)]
    rows = [
        {"what": "pages a second, decoded page to marks", "value": 1 / statistics.mean(detect)},
        {"what": "pages a second, file to marks", "value": 1 / statistics.mean(both)},
        {"what": "seconds a page, decoded page to marks (median)", "value": statistics.median(detect)},
        {"what": "seconds a page, decoding (median)", "value": statistics.median(decode)},
        {"what": "peak memory of this process, MiB", "value": peak_mib},
        *cold_start(args.model, 3 if args.quick else 7),
    ]
    show(
        f"{len(files)} pages of {args.folder.name}",
        rows,
        facts("docmarks", "openvino", "pillow", "pypdfium2"),
        args.json,
    )


def cold_start(model: Path | None, rounds: int) -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        pdf, rng = Path(folder) / "one.pdf", np.random.default_rng(0)
        pdf.write_bytes(to_pdf([lease(rng, House(0, "laser", "Times-Roman", 10)).sheet]))
        command = [sys.executable, "-m", "docmarks", "detect", str(pdf), *(["--model", str(model)] if model else [])]
        whole = [timed(command) for _ in range(rounds)]
        imported = [timed([sys.executable, "-c", "import docmarks"]) for _ in range(rounds)]
        bare = [timed([sys.executable, "-c", "pass"]) for _ in range(rounds)]
    return [
        {"what": "cold start: docmarks detect one-page.pdf, seconds (median)", "value": statistics.median(whole)},
        {
            "what": "import docmarks over a bare Python, seconds",
            "value": statistics.median(imported) - statistics.median(bare),
        },
    ]


def timed(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
