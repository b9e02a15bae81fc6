"""How long a checkpoint takes to write and verify, and how long a killed run takes until it trains again."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from docmarks.model.detector import FasterRCNN
from docmarks.train.checkpoint import read_checkpoint
from docmarks.train.config import TrainConfig
from docmarks.train.device import Device
from docmarks.train.trainer import Trainer
from docmarks.weights import DEFAULT_WEIGHTS
from machine import facts, show
from versus_torchvision import full_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", help="A data set; without it only checkpoints are measured.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="One round, the model that ships only.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rounds = 1 if args.quick else args.rounds
    models = {"the model that ships": FasterRCNN(read_checkpoint(DEFAULT_WEIGHTS).model)}
    if not args.quick:
        models["R50-FPN"] = full_size(50)
    with tempfile.TemporaryDirectory() as scratch:
        rows = [checkpoint_row(name, model, Path(scratch), rounds) for name, model in models.items()]
        machine = facts("torch", "safetensors")
        if args.data is not None:
            times = [resumed(args.data, Path(scratch) / f"run{i}") for i in range(rounds)]
            machine["seconds from `train --resume` to its first step, the model that ships"] = statistics.median(times)
    show("Checkpoints", rows, machine, args.json)


def checkpoint_row(name: str, model: FasterRCNN, scratch: Path, rounds: int) -> dict[str, Any]:
    """Weights, average and both moments of AdamW, as a run keeps them."""
    trainer = Trainer(TrainConfig(model=model.config), model, Device(torch.device("cpu")))
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    trainer.optimizer.step()
    path = scratch / "last.safetensors"
    written, restored = [], []
    for _ in range(rounds):
        began = time.perf_counter()
        trainer.save(path)
        written.append(time.perf_counter() - began)
        began = time.perf_counter()
        trainer.restore(read_checkpoint(path))
        restored.append(time.perf_counter() - began)
    return {
        "network": name,
        "MB": path.stat().st_size / 1e6,
        "write and verify, s": statistics.median(written),
        "read and restore, s": statistics.median(restored),
    }


def resumed(data: Path, out: Path) -> float:
    """Seconds from starting the process to the first new line of metrics.jsonl; the run was killed before."""
    options = ["--max-steps", "100", "--val-every", "0", "--ap-every", "0", "--batch", "2"]
    first = train(str(data), "--from", "default", "-o", str(out), *options)
    wait_for_step(out / "metrics.jsonl", 2)
    first.kill()
    first.wait()
    began = time.perf_counter()
    again = train("--resume", str(out))
    wait_for_step(out / "metrics.jsonl", 1, fresh_after=time.time())
    took = time.perf_counter() - began
    again.kill()
    again.wait()
    return took


def train(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "docmarks", "train", *arguments], stdout=subprocess.DEVNULL)


def wait_for_step(file: Path, step: int, fresh_after: float = 0.0) -> None:
    """Until the file, written after a moment, holds that step; the killed run's lines are cut when it goes on."""
    while True:
        if file.exists() and file.stat().st_mtime > fresh_after:
            lines = file.read_text().splitlines()
            if lines and lines[-1].endswith("}") and json.loads(lines[-1])["step"] >= step:
                return
        time.sleep(0.01)


if __name__ == "__main__":
    main()
