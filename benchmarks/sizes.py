"""What seeing pages smaller or larger costs and brings: pages a second, AP50 and AP of each size, set by set.

python benchmarks/sizes.py MODEL DATA...

MODEL is `default`, an exported file or a run folder. In turn, page by page, in one process.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from docmarks.evaluate.evaluation import SetResult
from docmarks.runtime.detector import Detector
from docmarks.runtime.size import ACCURATE, FAST, USUAL
from machine import facts, show_all
from side_by_side import Side, side_by_side

QUICK_PAGES = 4
KNOBS = {
    "--fast": (FAST, 1.0),
    "default": (USUAL, 1.0),
    "--accurate": (ACCURATE, 1.0),
    "size 1.25": ((1.25,), 1.0),
    "size 1.5": ((1.5,), 1.0),
    "--tiles 2": (USUAL, 2.0),
    "--fast --tiles 2": (FAST, 2.0),
}
"""(sizes, tiles) of what a user can write."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--part", default="validation", choices=("validation", "test", "all"))
    parser.add_argument("--sizes", type=float, nargs="+", default=[], help="further sizes, for example 0.9")
    parser.add_argument("--no-tiles", action="store_true", help="sizes alone")
    parser.add_argument("--pages", type=int, help="only so many of each set")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    knobs = {name: knob for name, knob in KNOBS.items() if knob[1] == 1 or not args.no_tiles}
    knobs |= {f"size {size:g}": ((size,), 1.0) for size in args.sizes}
    path = None if args.model == "default" else Path(args.model)
    detectors = {name: Detector.load(path, sizes=sizes, tiles=parts) for name, (sizes, parts) in knobs.items()}
    most = QUICK_PAGES if args.quick else args.pages
    sides = side_by_side(detectors, args.data, args.part, most)
    tables = {"speed": speeds(sides), "AP50 / AP in percent": precisions(sides)}
    machine = facts("docmarks", "openvino") | {"model": args.model, "part": args.part}
    show_all(tables, machine, args.json)


def speeds(sides: dict[str, Side]) -> list[dict[str, Any]]:
    usual = sides["default"]
    return [
        {
            "knob": name,
            "network, pages/s": side.network_speed,
            "file to marks, pages/s": side.whole_speed,
            "network, of the default": side.network_speed / usual.network_speed,
        }
        for name, side in sides.items()
    ]


def precisions(sides: dict[str, Side]) -> list[dict[str, Any]]:
    usual = sides["default"].evaluation
    rows: list[dict[str, Any]] = []
    for place, result in enumerate((*usual.results, usual.pooled)):
        of = {name: (*side.evaluation.results, side.evaluation.pooled)[place] for name, side in sides.items()}
        for label in (*result.scores, "mean"):
            row: dict[str, Any] = {"set": result.name, "label": label, "marks": figures(result, label).n_truth}
            for name, found in of.items():
                figure = figures(found, label)
                row[name] = f"{100 * figure.ap50:.1f} / {100 * figure.ap:.1f}"
            rows.append(row)
    return rows


def figures(result: SetResult, label: str) -> Any:
    return result.mean if label == "mean" else result.scores[label]


if __name__ == "__main__":
    main()
