"""What a GPU makes of the model that ships: images a second of training and of detection, and the memory they take.

python benchmarks/gpu.py

Training steps are those of `docmarks train` on crops of 640 x 512 with a dozen marks each, all in memory: the making of
crops is not in it. Detection is the network at its own input size, in torch, without decoding and resizing.
`--device cpu --quick` tries it on a processor.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from docmarks.experiments.recipes import recipe_path
from docmarks.model.detector import FasterRCNN
from docmarks.model.fast import faster
from docmarks.train.config import TrainConfig, read_config
from docmarks.train.device import Device
from docmarks.train.feed import Batch
from docmarks.train.trainer import Trainer
from machine import facts, show_all
from training_step import fully_annotated, random_boxes

TYPES = {"fp32": None, "bf16": torch.bfloat16}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--batches", type=int, nargs="+", default=[8, 32, 128])
    parser.add_argument("--quick", action="store_true", help="One round, an image a batch.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    device, config = torch.device(args.device), read_config(recipe_path("default"))
    rounds, batches = (1, [1]) if args.quick else (args.rounds, args.batches)
    training, detection = [], []
    for batch in batches:
        for precision in TYPES:
            row = {"batch": batch, "precision": precision}
            place = Device(device, TYPES[precision])
            training.append(row | measured(training_step(config, batch, place), batch, rounds, place))
            detection.append(row | measured(detector(config, batch, place), batch, rounds, place))
    machine = facts("torch", "torchvision") | {
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
    }
    show_all({"Training steps": training, "Detection, the network alone": detection}, machine, args.json)


def measured(run: Callable[[], object], batch: int, rounds: int, device: Device) -> dict[str, Any]:
    """Images a second (median of the rounds after two to warm up), and the peak of memory, of the GPU if it is one."""
    seconds, on_gpu = [], device.place.type == "cuda"
    if on_gpu:
        torch.cuda.reset_peak_memory_stats(device.place)
    for number in range(rounds + 2):
        began = time.perf_counter()
        run()
        if on_gpu:
            torch.cuda.synchronize(device.place)
        if number >= 2:
            seconds.append(time.perf_counter() - began)
    return {"images a second": batch / statistics.median(seconds), "memory, GiB": device.peak_memory() / 1024}


def training_step(config: TrainConfig, batch: int, device: Device) -> Callable[[], object]:
    """A step of the recipe's optimizer on random images."""
    torch.manual_seed(0)
    width, height = config.crops.width, config.crops.height
    labels = len(config.model.labels)
    targets = [fully_annotated(random_boxes(width, height), labels) for _ in range(batch)]
    images = torch.randint(0, 256, (batch, config.model.input.n_channels, height, width), dtype=torch.uint8)
    data = Batch(images, targets, ["random"] * batch, [(height, width)] * batch, list(range(batch)))
    trainer = Trainer(config, FasterRCNN(config.model).train(), device)
    return lambda: trainer.train_step([data])


def detector(config: TrainConfig, batch: int, device: Device) -> Callable[[], object]:
    """The network on random pages of its own size."""
    torch.manual_seed(0)
    model = faster(FasterRCNN(config.model).eval()).to(device.place).to(memory_format=device.layout)
    size = config.model.input.long_side, config.model.input.short_side
    pages = 255 * torch.rand(batch, config.model.input.n_channels, *size, device=device.place)
    pages = pages.contiguous(memory_format=device.layout)

    @torch.inference_mode()
    def run() -> object:
        with device.autocast():
            return model(pages)

    return run


if __name__ == "__main__":
    main()
