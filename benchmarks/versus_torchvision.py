"""Full-size Faster R-CNN with R50-FPN (and X101-FPN) against torchvision's, the same input, in turn, in one process.

Random weights: the networks do the same work, and ours is given the same number of proposals to carry through.
`--exported model.onnx model.xml` adds files of `docmarks export`, in OpenVINO: an imported R50, for example.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch
from machine import facts, show
from torchvision.models.detection import fasterrcnn_resnet50_fpn

from docmarks.model.config import AnchorConfig, BackboneConfig, InputConfig, ModelConfig
from docmarks.model.detector import FasterRCNN
from docmarks.model.fast import faster
from docmarks.runtime.session import Session
from docmarks.runtime.sheet import read_sheet

COCO = InputConfig(channels="bgr", mean=(103.53, 116.28, 123.675), std=(1.0, 1.0, 1.0), short_side=800, long_side=1333)
ANCHORS = AnchorConfig(sizes=((32.0,), (64.0,), (128.0,), (256.0,), (512.0,)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--exported", type=Path, nargs="+", default=[])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    height, width = 1056, 800
    image = torch.rand(3, height, width)
    theirs = fasterrcnn_resnet50_fpn(weights=None, weights_backbone=None, min_size=width, max_size=height).eval()
    plain = full_size(50).eval()
    runs: dict[str, Callable[[], object]] = {
        "torchvision R50-FPN": lambda: theirs([image]),
        "docmarks R50-FPN, plain": lambda: plain(image[None] * 255),
    }
    fast = faster(full_size(50).eval())
    runs["docmarks R50-FPN, fused"] = lambda: fast(image[None] * 255)
    if not args.quick:
        x101 = faster(full_size(101, groups=32, width_per_group=8, stride_in_1x1=False).eval())
        runs["docmarks X101-32x8d-FPN, fused"] = lambda: x101(image[None] * 255)
    for file in args.exported:
        sheet = read_sheet(file)
        session = Session(file, args.threads)
        page = image[None, : sheet.config.input.n_channels].numpy() * 255
        runs[f"{sheet.name}, OpenVINO {sheet.precision}"] = partial(session, page)
    times: dict[str, list[float]] = {name: [] for name in runs}
    with torch.inference_mode():
        for round_number in range((2 if args.quick else args.rounds) + 1):
            for name, run in runs.items():
                began = time.perf_counter()
                run()
                if round_number:
                    times[name].append(time.perf_counter() - began)
    base = statistics.median(times["torchvision R50-FPN"])
    rows = [
        {"model": name, "median s": statistics.median(t), "torchvision's time over this": base / statistics.median(t)}
        for name, t in times.items()
    ]
    machine = facts("torch", "torchvision", "openvino") | {
        "threads": args.threads,
        "input": f"{width}x{height}",
    }
    show("Seconds a page", rows, machine, args.json)


def full_size(depth: int, **backbone: object) -> FasterRCNN:
    config = ModelConfig(
        labels=tuple(f"class {i}" for i in range(80)),
        label_set="",
        head="softmax",
        input=COCO,
        backbone=BackboneConfig(depth=depth, res2_width=256, norm="frozen", **backbone),
        anchors=ANCHORS,
    )
    roi = config.roi.model_copy(update={"class_agnostic_boxes": False})
    return FasterRCNN(config.model_copy(update={"roi": roi}))


if __name__ == "__main__":
    main()
