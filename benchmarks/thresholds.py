"""What a minimum score chosen on some documents is worth on others: the best of the former, the steady one, and 0.5.

Again and again half of the documents of an evaluation choose, the other half is judged: F1 at IoU 0.5, in percent.

docmarks evaluate MODEL DATA... -o EVALUATION
python benchmarks/thresholds.py EVALUATION
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.evaluate.compare import Judged
from docmarks.evaluate.thresholds import LEAST_TRUTHS, at_score, best_f1, steady_f1
from docmarks.results.matches_file import FILE, read_matches
from machine import facts, show


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evaluation", type=Path, help="What `docmarks evaluate -o` wrote.")
    parser.add_argument("--halves", type=int, default=100, help="How often the documents are parted.")
    parser.add_argument("--quick", action="store_true", help="Three times.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    run = read_matches(args.evaluation / FILE, args.evaluation.name)
    rows = [row for label in run.matched if (row := judge(run, label, 3 if args.quick else args.halves)) is not None]
    if not rows:
        parser.error(f"{args.evaluation}: no label has {2 * LEAST_TRUTHS} marks to be parted")
    mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0] if name not in ("label", "marks")}
    show(
        f"F1 on the other half of {run.name}",
        [*rows, {"label": "mean", "marks": "", **mean}],
        facts("docmarks"),
        args.json,
    )


def judge(run: Judged, label: str, times: int) -> dict[str, Any] | None:
    """A row of the table; None for a label with too few marks in a half."""
    found = run.matched[label]
    document = np.unique([page.group for page in run.pages], return_inverse=True)[1]
    f1: dict[str, list[float]] = {name: [] for name in ("best", "steady", "0.5", "best there")}
    for number in range(times):
        chosen: NDArray[np.bool_] = np.random.default_rng(number).random(document.max() + 1)[document] < 0.5
        here, there = found.only(chosen), found.only(~chosen)
        if min(here.n_truth, there.n_truth) < LEAST_TRUTHS:
            continue
        f1["best"].append(at_score(there, best_f1(here).score).f1)
        f1["steady"].append(at_score(there, steady_f1(here, document).score).f1)
        f1["0.5"].append(at_score(there, 0.5).f1)
        f1["best there"].append(best_f1(there).f1)
    if not f1["best"]:
        return None
    return {"label": label, "marks": found.n_truth, **{name: 100 * float(np.mean(one)) for name, one in f1.items()}}


if __name__ == "__main__":
    main()
