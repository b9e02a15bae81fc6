"""Milliseconds that each augmentation, a cut, and copy-paste take a crop, on pages made here."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.page import SyntheticPages
from docmarks.train.sample_config import AugmentConfig, CropConfig
from docmarks.train.samples.augment import MOVES, STEPS, Augment
from docmarks.train.samples.crops import Cropper
from machine import facts, show

NONE = dict.fromkeys(AugmentConfig.model_fields, 0.0)
ALL = AugmentConfig(skew=0.4, stretch=0.3, perspective=0.1, bleed_through=0.15, spread=0.2, fax=0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--colour", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    page, made = SyntheticPages(InkLibrary.builtin())(1)
    if args.colour:
        page = np.repeat(page[:, :, None], 3, axis=2)
    config = CropConfig()
    cropper = Cropper(config)
    crop, marks, _ = cropper(page, made.marks, np.random.default_rng(0))
    rng = np.random.default_rng(0)
    arms: dict[str, Callable[[], object]] = {"cut a crop": lambda: cropper(page, made.marks, rng)}
    for name in (*MOVES, *STEPS):
        alone = Augment(AugmentConfig(**(NONE | {name: 1.0})), config.min_visible)
        arms[name] = lambda alone=alone: alone(crop, marks, rng)  # type: ignore[misc]
    for name, mixed in (("all, as by default", AugmentConfig()), ("all, with moves and ink", ALL)):
        every = Augment(mixed, config.min_visible)
        arms[name] = lambda every=every: every(crop, marks, rng)  # type: ignore[misc]
    times: dict[str, list[float]] = {name: [] for name in arms}
    for round_number in range((3 if args.quick else args.rounds) + 1):
        for name, run in arms.items():
            began = time.process_time()
            run()
            if round_number:
                times[name].append(1000 * (time.process_time() - began))
    rows = [{"step": name, "mean ms a crop": statistics.fmean(t)} for name, t in times.items()]
    machine = facts("numpy", "pillow") | {"crop": f"{config.width}x{config.height}", "colour": args.colour}
    show("Making a training crop, processor time", rows, machine, args.json)


if __name__ == "__main__":
    main()
