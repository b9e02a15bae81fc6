"""Where an exported network's time goes: the runtime's own clock, layer by layer, added up by part and by kind.

python benchmarks/layers.py model.onnx model.xml

Parts are those of the paper: backbone by stage, pyramid, proposals' head, their choice (decoding, sorting, NMS),
pooling, the second stage's layers. Kinds are what the runtime calls its operations, with the precision that they
compute in; "Reorder" is memory laid out anew between two layers.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from docmarks.runtime.session import core, read_network
from docmarks.runtime.sheet import read_sheet
from machine import facts, show_all

PARTS = {
    "normalise": r"/normalise/",
    "stem": r"/backbone/(stem|Relu|MaxPool)",
    "res2": r"/backbone/res2/",
    "res3": r"/backbone/res3/",
    "res4": r"/backbone/res4/",
    "res5": r"/backbone/res5/",
    "pyramid": r"/fpn/",
    "proposals' head": r"/rpn_head/",
    "anchors": r"/anchors/",
    "choice of proposals": r"/proposals/",
    "pooling": r"/roi_heads/pooler/",
    "box head": r"/roi_heads/(box_head|predictor)/",
}
"""Name of a part to the pattern of its operations' names; what fits none is "the rest"."""

SLOWEST = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, nargs="+", help="exported files")
    parser.add_argument("--height", type=int, default=1056)
    parser.add_argument("--width", type=int, default=800)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a small image, one round")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    height, width, rounds = (320, 256, 1) if args.quick else (args.height, args.width, args.rounds)
    tables: dict[str, list[dict[str, Any]]] = {}
    for file in args.model:
        sheet = read_sheet(file)
        page = np.random.default_rng(0).uniform(0, 255, (1, sheet.config.input.n_channels, height, width))
        layers = clocked(file, page.astype(np.float32), rounds, args.threads)
        of = f"{file.name}, {sheet.name} {sheet.precision}"
        tables |= {
            f"{of}: parts": added_up(layers, lambda layer: layer["part"]),
            f"{of}: kinds": added_up(layers, lambda layer: layer["kind"])[:SLOWEST],
            f"{of}: slowest operations": [
                {"name": layer["name"], "ms": layer["ms"], "kind": layer["kind"]}
                for layer in sorted(layers, key=lambda layer: -layer["ms"])[:SLOWEST]
            ],
        }
    machine = facts("openvino") | {"threads": args.threads, "input": f"{width}x{height}"}
    show_all(tables, machine, args.json)


def clocked(file: Path, page: np.ndarray, rounds: int, threads: int) -> list[dict[str, Any]]:
    """Every operation that ran, with its best time of some rounds."""
    options = {
        "PERF_COUNT": True,
        "INFERENCE_PRECISION_HINT": "f32",
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
    }
    request = core().compile_model(read_network(file), "CPU", options).create_infer_request()
    request.infer({0: page})
    best: dict[str, dict[str, Any]] = {}
    for _ in range(rounds):
        request.infer({0: page})
        for one in request.profiling_info:
            ms = one.real_time.total_seconds() * 1000
            name, kind = one.node_name, f"{one.node_type} {one.exec_type}"
            if name not in best or ms < best[name]["ms"]:
                best[name] = {"name": name, "ms": ms, "kind": kind, "part": part(name)}
    return [layer for layer in best.values() if layer["ms"] > 0]


def part(name: str) -> str:
    """The part of the network that an operation belongs to."""
    return next((part for part, pattern in PARTS.items() if re.search(pattern, name)), "the rest")


def added_up(layers: list[dict[str, Any]], key: Any) -> list[dict[str, Any]]:
    """Rows of (what, operations, ms, share), the slowest first."""
    sums: dict[str, list[float]] = defaultdict(list)
    for layer in layers:
        sums[key(layer)].append(layer["ms"])
    total = sum(layer["ms"] for layer in layers)
    return [
        {"what": what, "operations": len(ms), "ms": sum(ms), "share": sum(ms) / total}
        for what, ms in sorted(sums.items(), key=lambda item: -sum(item[1]))
    ]


if __name__ == "__main__":
    main()
