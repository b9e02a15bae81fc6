"""Regions pooled by a sparse product and by torchvision's RoIAlign: alone, and in a step of the model that ships.

Crops as in its recipe, eight of 640 x 512 pixels; both ways in turn in one process, forward and back. The pooling alone
is that of as many regions as the step samples, of all sizes, from the pyramid that the network makes.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import torch

from docmarks.machine.heap import keep_freed_memory
from docmarks.model import pooler
from docmarks.model.detector import FasterRCNN
from docmarks.train.checkpoint import build_model, read_checkpoint
from docmarks.train.device import Device
from docmarks.weights import weights_of
from machine import facts, show
from training_step import fully_annotated, random_boxes, update

WAYS = {"torchvision": lambda *_: False, "sparse product": pooler.can_be_multiplied}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--precision", choices=("fp32", "bf16"), nargs="+", default=["fp32"])
    parser.add_argument("--quick", action="store_true", help="Two small crops, one round.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    keep_freed_memory()
    width, height = (320, 256) if args.quick else (640, 512)
    batch, rounds = (2, 1) if args.quick else (args.batch, args.rounds)
    model = build_model(read_checkpoint(weights_of(Path("default")))).train()
    layout = Device(torch.device("cpu")).layout
    model = model.to(memory_format=layout)
    images = (torch.rand(batch, model.config.input.n_channels, height, width) * 255).contiguous(memory_format=layout)
    boxes = [random_boxes(width, height) for _ in range(batch)]
    jobs = {"pooling alone, fp32": pooling(model, images, boxes)}
    for precision in args.precision:
        jobs[f"training step, {precision}"] = step(model, images, boxes, precision == "bf16")
    rows = []
    for name, job in jobs.items():
        times: dict[str, list[float]] = {way: [] for way in WAYS}
        for number in range(rounds + 1):
            for way, can in WAYS.items():
                with patch.object(pooler, "can_be_multiplied", can):
                    began = time.perf_counter()
                    job()
                if number:
                    times[way].append(time.perf_counter() - began)
        theirs, ours = (statistics.median(times[way]) for way in WAYS)
        rows.append({"what": name, "torchvision, s": theirs, "sparse product, s": ours, "ratio": theirs / ours})
    machine = facts("torch", "torchvision") | {"threads": args.threads, "input": f"{batch} of {width}x{height}"}
    show("Pooling regions in training", rows, machine, args.json)


def pooling(model: FasterRCNN, images: torch.Tensor, boxes: list[torch.Tensor]) -> Callable[[], None]:
    """The regions of all images, forward and back."""
    with torch.no_grad():
        levels = [level.detach().requires_grad_() for level in model.pyramid(images).levels]
    many = model.config.roi.samples_per_image
    regions = [of_image.repeat(many // len(of_image) + 1, 1)[:many] for of_image in boxes]
    index = torch.arange(len(boxes)).repeat_interleave(many)

    def run() -> None:
        features = pooler.poolable(levels, model.config.roi.sampling_ratio)
        model.roi_heads.pooler(features, torch.cat(regions), index).sum().backward()

    return run


def step(model: FasterRCNN, images: torch.Tensor, boxes: list[torch.Tensor], bf16: bool) -> Callable[[], None]:
    """All losses of a batch, back through the whole network, and the optimizer."""
    targets = [fully_annotated(of_image, len(model.config.labels)) for of_image in boxes]
    optimizer = torch.optim.AdamW(model.parameters(), 1e-6)

    def run() -> None:
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            losses = model.losses(images, targets)
        update(optimizer, losses)

    return run


if __name__ == "__main__":
    main()
