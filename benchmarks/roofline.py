"""How much of what the processor can do the network gets: multiplications a second against a plain matrix product.

The peak is measured, not looked up: a large matrix product in fp32 and one in int8, through the same runtime.
"""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np
from openvino import Core, Model, PartialShape, Type
from openvino import opset13 as ops

from docmarks.runtime.session import Session
from docmarks.runtime.sheet import read_sheet
from docmarks.weights import DEFAULT_MODEL
from machine import facts, show

WIDTH, HEIGHT = 832, 1088
SIDE = 2048


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, action="append", help="exported files [default: the model that ships]")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rounds = 2 if args.quick else args.rounds
    peaks = {"fp32": matrix_product(Type.f32, rounds), "int8": matrix_product(Type.i8, rounds)}
    rows: list[dict[str, Any]] = [
        {
            "what": f"matrix product, {name}",
            "GMAC": SIDE**3 / 1e9,
            "s": SIDE**3 / peak,
            "GMAC/s": peak / 1e9,
            "peak": 1.0,
        }
        for name, peak in peaks.items()
    ]
    for path in args.model or [DEFAULT_MODEL]:
        macs, int8 = multiplications(path)
        seconds = run(path, rounds)
        rows.append(
            {
                "what": f"{path.name}, {read_sheet(path).name}",
                "GMAC": macs / 1e9,
                "s": seconds,
                "GMAC/s": macs / seconds / 1e9,
                "peak": macs / seconds / peaks["int8" if int8 else "fp32"],
            }
        )
    show(f"A page of {WIDTH} x {HEIGHT}", rows, facts("openvino"), args.json)


def run(path: Path, rounds: int) -> float:
    """Median seconds of a page."""
    session = Session(path)
    page = np.random.default_rng(0).uniform(200, 255, (1, 1, HEIGHT, WIDTH)).astype(np.float32)
    return timed(lambda: session(page), rounds)


def matrix_product(kind: Type, rounds: int) -> float:
    """Multiplications a second of a large product of constants with an input."""
    weights = np.random.default_rng(0).integers(-100, 100, (SIDE, SIDE))
    x = ops.parameter(PartialShape([SIDE, SIDE]), Type.f32)
    if kind == Type.i8:
        # What NNCF writes: quantised activations times int8 weights with a scale.
        bounds = [ops.constant(np.float32(v)) for v in (-128, 127, -128, 127)]
        left = ops.fake_quantize(x, *bounds, levels=256)
        right = ops.multiply(
            ops.convert(ops.constant(weights.astype(np.int8)), Type.f32), ops.constant(np.float32(0.01))
        )
    else:
        left, right = x, ops.constant(weights.astype(np.float32))
    network = Model([ops.matmul(left, right, False, True)], [x])
    options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    compiled = Core().compile_model(network, "CPU", options)
    pages = np.random.default_rng(1).integers(-100, 100, (SIDE, SIDE)).astype(np.float32)
    return SIDE**3 / timed(lambda: compiled(pages), rounds)


def multiplications(path: Path) -> tuple[int, bool]:
    """(multiply-accumulates of a page, whether the convolutions are int8)."""
    network = Core().read_model(str(path))
    network.reshape([1, 1, HEIGHT, WIDTH])
    total, int8 = 0, False
    for node in network.get_ops():
        kind = node.get_type_name()
        int8 |= kind == "FakeQuantize"
        if kind not in ("Convolution", "GroupConvolution", "MatMul"):
            continue
        # Regions are counted at their most: their number depends on the page.
        out = np.prod([d.get_max_length() for d in node.get_output_partial_shape(0)])
        weights = [d.get_max_length() for d in node.get_input_partial_shape(1)]
        if kind == "MatMul":
            reduced = node.get_input_partial_shape(0)[-1].get_max_length()
        else:
            reduced = int(np.prod(weights[-3:]))
        total += int(out) * int(reduced)
    return total, int8


def timed(call: Any, rounds: int) -> float:
    call()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


if __name__ == "__main__":
    main()
