"""What int8 costs: AP50 and AP of one model in fp32 and in int8, set by set, and the speed of each, in turn.

python benchmarks/int8.py DATA...

Without more, fp32 is exported from the weights that ship, and int8 is the model that ships. `--model RUN` takes the
weights of a run and its model.xml; `--fp32 FILE.onnx --int8 FILE.xml` two files.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from docmarks.evaluate.compare import MEAN, compare, judged
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.evaluate.match import iou_matrix
from docmarks.export.int8_groups import fp32_layers
from docmarks.export.run_model import export_checkpoint
from docmarks.runtime.detector import Detector
from docmarks.runtime.session import read_network
from docmarks.weights import DEFAULT_MODEL, DEFAULT_WEIGHTS
from machine import facts, show_all
from side_by_side import Side, side_by_side

QUICK_PAGES = 4
MOST_LOST = 0.5
"""Points of AP: the target, on every set."""
SURE, SEEN = 0.3, 0.05
"""Scores of the marks of fp32 that are looked for in int8, and that they must have there."""
LOST = 0.5
"""1 - IoU: what is further away is another mark."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--model", type=Path, help="a run folder with model.xml [default: the model that ships]")
    parser.add_argument("--fp32", type=Path, help="an exported .onnx [default: exported now, from the weights]")
    parser.add_argument("--int8", type=Path, help="an exported .xml [default: of --model]")
    parser.add_argument("--part", default="validation", choices=("validation", "test", "all"))
    parser.add_argument("--pages", type=int, help="only so many of each set")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    int8 = args.int8 or (DEFAULT_MODEL if args.model is None else args.model / "model.xml")
    with tempfile.TemporaryDirectory() as folder:
        fp32 = args.fp32 or export_checkpoint(args.model or DEFAULT_WEIGHTS, Path(folder) / "model.onnx", "fp32")
        detectors = {"fp32": Detector.load(fp32), "int8": Detector.load(int8)}
        most = QUICK_PAGES if args.quick else args.pages
        sides = side_by_side(detectors, args.data, args.part, most)
    machine = facts("docmarks", "openvino", "nncf") | {
        "in fp32": ", ".join(fp32_layers(read_network(int8))) or "no layer"
    }
    sets = losses(sides)
    tables = {
        "AP50 and AP in percent, means over the labels": sets,
        "the same, label by label": by_label(sides),
        "how far int8 moves the marks of fp32": moves(sides),
        "speed": speeds(sides),
    }
    show_all(tables, machine | {"part": args.part}, args.json)
    over = [row["set"] for row in sets if row["AP lost"] > MOST_LOST]
    surely = [row["set"] for row in sets if row["at least"] > MOST_LOST]
    print(f"more than {MOST_LOST} points of AP lost: {', '.join(over) or 'on no set'}")
    print(f"and so for 95 of 100 draws of documents: {', '.join(surely) or 'on no set'}")


def pairs(sides: dict[str, Side]) -> list[tuple[SetResult, SetResult]]:
    """(fp32, int8) of each set, and of all together."""
    before, after = sides["fp32"].evaluation, sides["int8"].evaluation
    return list(zip((*before.results, before.pooled), (*after.results, after.pooled), strict=True))


def losses(sides: dict[str, Side]) -> list[dict[str, Any]]:
    """With the range of the loss over resampled documents: a set of few marks says little."""
    rows = []
    for place, (exact, other) in enumerate(pairs(sides)):
        if not exact.scores:
            continue
        both = [judged(one_set(side.evaluation, place), name) for name, side in sides.items()]
        compared = compare(both)
        gained = compared.differences["ap"][MEAN]["int8"].by
        range_ = {"at least": -100 * gained.high, "at most": -100 * gained.low}
        if compared.n_groups < 2:
            range_ = dict.fromkeys(range_, float("nan"))
        row = {"set": exact.name, "pages": len(exact.pages)} | change(exact.mean, other.mean)
        rows.append(row | range_)
    return rows


def one_set(evaluation: Evaluation, place: int) -> Evaluation:
    """The evaluation of a set alone; behind the last one of all sets."""
    return replace(evaluation, results=evaluation.results[place : place + 1] or evaluation.results)


def by_label(sides: dict[str, Side]) -> list[dict[str, Any]]:
    return [
        {"set": exact.name, "label": label, "marks": figures.n_truth} | change(figures, other.scores[label])
        for exact, other in pairs(sides)
        for label, figures in exact.scores.items()
    ]


def change(before: Any, after: Any) -> dict[str, float]:
    return {
        "AP50 fp32": 100 * before.ap50,
        "AP50 int8": 100 * after.ap50,
        "AP50 lost": 100 * (before.ap50 - after.ap50),
        "AP fp32": 100 * before.ap,
        "AP int8": 100 * after.ap,
        "AP lost": 100 * (before.ap - after.ap),
    }


def moves(sides: dict[str, Side]) -> list[dict[str, Any]]:
    """Of the nearest mark of the label in int8: AP jumps by a mark's whole share, these do not."""
    apart, less = [], []
    for exact, other in zip(sides["fp32"].found, sides["int8"].found, strict=True):
        there = other.marks([SEEN] * len(other.labels))
        for mark in exact.marks([SURE] * len(exact.labels)):
            alike = [one for one in there if one.label == mark.label]
            overlaps = iou_matrix(np.array([mark.box]), np.array([one.box for one in alike]).reshape(-1, 4))[0]
            nearest = int(overlaps.argmax()) if alike else None
            apart.append(1.0 if nearest is None else 1 - float(overlaps[nearest]))
            less.append(mark.score if nearest is None else abs(alike[nearest].score - mark.score))
    if not apart:
        return []
    gone = np.array(apart) > LOST
    means = {"100 (1 - IoU)": np.mean(apart), "100 x score": np.mean(less), "lost, %": np.mean(gone)}
    return [{"marks": len(apart)} | {name: 100 * float(value) for name, value in means.items()}]


def speeds(sides: dict[str, Side]) -> list[dict[str, Any]]:
    base = sides["fp32"].network_speed
    return [
        {
            "precision": name,
            "network, pages/s": side.network_speed,
            "file to marks, pages/s": side.whole_speed,
            "network, of fp32": side.network_speed / base,
        }
        for name, side in sides.items()
    ]


if __name__ == "__main__":
    main()
