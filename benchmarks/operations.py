"""How many operations a training step asks for, and how many more with every image of the batch.

python benchmarks/operations.py

A graphics processor takes some microseconds to start each, whatever it computes. Counted are those on tensors of the
device, on the way forward, of the model that ships.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from docmarks.experiments.recipes import recipe_path
from docmarks.model.detector import FasterRCNN
from docmarks.train.config import read_config
from machine import facts, show
from training_step import fully_annotated, random_boxes

WIDTH, HEIGHT = 320, 320


class Counting(TorchDispatchMode):
    """Counts the operations that are asked for within it, views aside."""

    def __init__(self) -> None:
        super().__init__()
        self.count: Counter[str] = Counter()

    def __torch_dispatch__(
        self, func: Any, types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        found = func(*args, **(kwargs or {}))
        if not func.is_view:
            devices = {leaf.device.type for leaf in tree_leaves((args, kwargs, found)) if isinstance(leaf, Tensor)}
            for device in devices:
                self.count[device] += 1
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.manual_seed(0)
    device, config = torch.device(args.device), read_config(recipe_path("default"))
    model = FasterRCNN(config.model).to(device).train()
    batches = [1, 2] if args.quick else args.batches
    counts = {batch: count(step(model, batch, device), device) for batch in batches}
    least = min(batches)
    rows = [
        {
            "batch": batch,
            "operations": n,
            "more an image": (n - counts[least]) / (batch - least) if batch > least else 0.0,
        }
        for batch, n in counts.items()
    ]
    show("Operations of a training step, forward", rows, facts("torch") | {"device": args.device}, args.json)


def step(model: FasterRCNN, batch: int, device: torch.device) -> Callable[[], object]:
    images = torch.rand(batch, model.config.input.n_channels, HEIGHT, WIDTH, device=device) * 255
    n_labels = len(model.config.labels)
    targets = [fully_annotated(random_boxes(WIDTH, HEIGHT), n_labels) for _ in range(batch)]
    return lambda: model.losses(images, targets)


def count(run: Callable[[], object], device: torch.device) -> int:
    with Counting() as counting:
        run()
    return counting.count[device.type]


if __name__ == "__main__":
    main()
