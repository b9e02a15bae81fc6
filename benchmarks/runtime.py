"""Which inference runtime: OpenVINO or ONNX Runtime, fp32 and int8, the same network, in turn, in one process.

python benchmarks/runtime.py model.onnx --int8 model.xml --pages FOLDER
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from docmarks.pages.collect import collect
from docmarks.pages.document import open_document
from docmarks.runtime.detector import Detector
from docmarks.runtime.session import Session
from machine import facts, show


class Pages(CalibrationDataReader):
    def __init__(self, images: list[np.ndarray]) -> None:
        self.images = iter(images)

    def get_next(self) -> dict[str, np.ndarray] | None:
        image = next(self.images, None)
        return None if image is None else {"image": image}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("onnx", type=Path)
    parser.add_argument("--int8", type=Path, required=True, help="the same model quantised, .xml")
    parser.add_argument("--pages", type=Path, required=True, help="folder of page images")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rounds = 3 if args.quick else args.rounds

    detector = Detector.load(args.onnx)
    images = []
    for file in collect([args.pages]).files[:8]:
        with open_document(file) as document:
            images.append(detector.prepare(document.page(1).pixels))
    with tempfile.TemporaryDirectory() as folder:
        runs = {
            "OpenVINO fp32": openvino(args.onnx, args.threads),
            "OpenVINO int8 (NNCF)": openvino(args.int8, args.threads),
            "ONNX Runtime fp32": onnx_runtime(args.onnx, args.threads),
        }
        quantised = Path(folder) / "int8.onnx"
        try:
            ready = Path(folder) / "ready.onnx"
            quant_pre_process(str(args.onnx), str(ready), skip_symbolic_shape=True)
            quantize_static(
                str(ready), str(quantised), Pages(images[:4]), quant_format=QuantFormat.QDQ,
                op_types_to_quantize=["Conv", "Gemm"], per_channel=True,
            )  # fmt: skip
            runs["ONNX Runtime int8 (QDQ)"] = onnx_runtime(quantised, args.threads)
        except Exception as error:
            print(f"ONNX Runtime could not quantise: {type(error).__name__}: {str(error)[:120]}")
        times: dict[str, list[float]] = {name: [] for name in runs}
        for round_number in range(rounds + 1):
            for name, run in runs.items():  # in turn, so that a busy moment hits all of them
                image = images[round_number % len(images)]
                began = time.perf_counter()
                run(image)
                if round_number:
                    times[name].append(time.perf_counter() - began)
    base = statistics.median(times["OpenVINO fp32"])
    rows = [
        {
            "runtime": name,
            "median s": statistics.median(t),
            "best s": min(t),
            "against OpenVINO fp32": base / statistics.median(t),
        }
        for name, t in times.items()
    ]
    size = "x".join(str(v) for v in images[0].shape[:1:-1])
    machine = facts("openvino", "onnxruntime", "nncf") | {"threads": args.threads, "input": size}
    show("Seconds a page, network with proposals and pooling", rows, machine, args.json)


def openvino(path: Path, threads: int) -> Callable[[np.ndarray], object]:
    return Session(path, threads)


def onnx_runtime(path: Path, threads: int) -> Callable[[np.ndarray], object]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda image: session.run(None, {"image": image})


if __name__ == "__main__":
    main()
