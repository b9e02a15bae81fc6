"""Peak memory and time of a training step of R50-FPN, with and without gradient checkpointing.

As in the trainer, freed memory stays with the process, but with checkpointing it goes back to the system
(``train/heap.py``); one arm more gives it back without. Each arm is a process of its own, whose peak of resident memory
is the arm's; the arms take turns, round by round, so that a busy machine disturbs them alike. What all share (imports,
weights, images) is told beside, and the saving with and without it.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import torch

from docmarks.machine.heap import keep_freed_memory
from docmarks.model.detector import FasterRCNN
from docmarks.train.device import Device
from docmarks.train.freeze import freeze
from machine import facts, show
from training_step import CLASSES, fully_annotated, random_boxes, sgd, update
from versus_torchvision import full_size

ARMS = {
    "plain": {"checkpointing": False, "precision": "fp32", "keep": True},
    "plain, freed memory given back": {"checkpointing": False, "precision": "fp32", "keep": False},
    "checkpointing": {"checkpointing": True, "precision": "fp32", "keep": False},
    "plain, bf16": {"checkpointing": False, "precision": "bf16", "keep": True},
    "checkpointing, bf16": {"checkpointing": True, "precision": "bf16", "keep": False},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=3, help="Timed steps a round, after one that is not.")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--size", type=int, nargs=2, default=(800, 1056), help="Width and height.")
    parser.add_argument("--freeze", type=int, default=0, help="Frozen stages of the backbone.")
    parser.add_argument("--quick", action="store_true", help="One round of one step, fp32 only.")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--arm", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.arm is not None:
        print(json.dumps(measure(ARMS[args.arm], args)))
        return
    rounds, steps = (1, 1) if args.quick else (args.rounds, args.steps)
    arms = [arm for arm in ARMS if not args.quick or ARMS[arm]["precision"] == "fp32"]
    found: dict[str, list[dict[str, Any]]] = {arm: [] for arm in arms}
    for _ in range(rounds):
        for arm in arms:
            command = [sys.executable, __file__, "--arm", arm, "--steps", str(steps), "--batch", str(args.batch)]
            command += ["--threads", str(args.threads), "--freeze", str(args.freeze)]
            command += ["--size", *map(str, args.size)]
            told = subprocess.run(command, check=True, capture_output=True, text=True)
            found[arm].append(json.loads(told.stdout.splitlines()[-1]))
    rows = []
    for arm in arms:
        base = "plain, bf16" if "bf16" in arm else "plain"
        memory, seconds = (middle(found[arm], key) for key in ("peak", "seconds"))
        rows.append(
            {
                "step": arm,
                "peak GiB": memory / 2**30,
                "before the step GiB": middle(found[arm], "before") / 2**30,
                "seconds": seconds,
                "memory saved": 1 - memory / middle(found[base], "peak"),
                "of the step's own": 1 - own(found[arm]) / own(found[base]),
                "more time": seconds / middle(found[base], "seconds") - 1,
            }
        )
    machine = facts("torch") | {
        "threads": args.threads,
        "input": f"{args.batch} of {args.size[0]}x{args.size[1]}",
        "frozen": args.freeze,
    }
    show("Memory of a training step of R50-FPN", rows, machine, args.json)


def middle(found: list[dict[str, Any]], key: str) -> float:
    return float(statistics.median(one[key] for one in found))


def own(found: list[dict[str, Any]]) -> float:
    """What the step adds to imports, weights and images."""
    return middle(found, "peak") - middle(found, "before")


def measure(arm: dict[str, Any], args: argparse.Namespace) -> dict[str, float]:
    """One arm, in this process."""
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    if arm["keep"]:
        keep_freed_memory()
    layout = Device(torch.device("cpu")).layout  # the trainer's here
    model = step_model(arm["checkpointing"]).train().to(memory_format=layout)
    freeze(model, args.freeze)
    optimizer = sgd(model)
    images = (torch.rand(args.batch, 3, args.size[1], args.size[0]) * 255).contiguous(memory_format=layout)
    targets = [fully_annotated(random_boxes(*args.size), CLASSES) for _ in range(args.batch)]
    before, times = peak(), []
    for step in range(args.steps + 1):
        began = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=arm["precision"] == "bf16"):
            losses = model.losses(images, targets)
        update(optimizer, losses)
        if step:
            times.append(time.perf_counter() - began)
    return {"peak": peak(), "before": before, "seconds": statistics.median(times)}


def step_model(checkpointing: bool) -> FasterRCNN:
    return FasterRCNN(full_size(50).config.model_copy(update={"checkpointing": checkpointing}))


def peak() -> float:
    """Of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    main()
