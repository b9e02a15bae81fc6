"""How real made pages are: the same small network learns for the same steps from made pages and from real ones.

Both are measured on the real validation documents. The gap of a label says how far made marks of that label, and
the pages around them, are from real ones. Ink is an argument; without it the built-in hand writes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from docmarks.data.coco_file import read
from docmarks.evaluate.evaluation import Evaluation
from docmarks.evaluate.run import evaluate_detector
from docmarks.experiments.recipes import recipe_path
from docmarks.export.run_model import export_checkpoint
from docmarks.labels.label_set import LabelSet
from docmarks.model.config import BackboneConfig
from docmarks.runtime.detector import Detector
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.page import SyntheticPages
from docmarks.train.config import CropConfig, InkConfig, TrainConfig, read_config
from docmarks.train.loop import train
from docmarks.train.prepare import source_pages
from docmarks.train.samples.stream import Samples
from machine import facts, show

ARMS = ("real", "made")


def small(steps: int, made: bool) -> TrainConfig:
    """The shipped recipe with a narrow network and small crops; all pages are real, or all are made."""
    recipe = read_config(recipe_path("default"))
    network = recipe.model.model_copy(
        update={
            "backbone": BackboneConfig(depth=18, stem_width=24, res2_width=24, norm="batch"),
            "fpn_width": 64,
            "roi": recipe.model.roi.model_copy(update={"fc_width": 128}),
        }
    )
    return recipe.model_copy(
        update={
            "model": network,
            "steps": steps,
            "warmup": min(200, steps // 5),
            "learning_rate": 2e-3,
            "checkpoint_every": 50,
            "crops": CropConfig(width=512, height=416, page_long_side=(850, 1400), on_mark=0.75, min_visible=0.6),
            "ink": InkConfig(decorate=0.0, forms=0.0, pages=1.0 if made else 0.0),
        }
    )


def samples(config: TrainConfig, folders: Sequence[Path], ink: InkLibrary) -> Samples:
    """Real pages as they are (nothing pasted, no form filled in), or made pages alone."""
    label_set = LabelSet.load(config.model.label_set)
    if config.ink.pages:
        return Samples(config, [], label_set, ink, SyntheticPages(ink))
    real = [source for folder in folders for source in source_pages(config, folder, label_set)]
    blank = [replace(source, page=replace(source.page, extra={})) for source in real]
    return Samples(config, blank, label_set, ink, None)


def run(arm: str, folders: Sequence[Path], ink: InkLibrary, steps: int, out: Path) -> Evaluation:
    """Trains one arm, or goes on with it, and measures it."""
    config = small(steps, arm == "made")
    checkpoint = train(config, samples(config, folders, ink), out / arm)
    model = Detector.load(export_checkpoint(checkpoint, out / arm / "model.onnx", f"realism-{arm}"))
    evaluation = evaluate_detector(model, [read(folder) for folder in folders])
    (out / f"{arm}.json").write_text(json.dumps(evaluation.to_json(), indent=1))
    return evaluation


def table(out: Path) -> list[dict[str, object]]:
    """AP50 of each label on each set that has it, side by side."""
    sets = {arm: json.loads((out / f"{arm}.json").read_text())["sets"] for arm in ARMS}
    rows: list[dict[str, object]] = []
    for name, found in sets["real"].items():
        for label, figures in found["labels"].items():
            made = sets["made"][name]["labels"][label]
            rows.append(
                {
                    "set": name,
                    "label": label,
                    "marks": figures["n_truth"],
                    "AP50 real": 100 * figures["ap50"],
                    "AP50 made": 100 * made["ap50"],
                    "gap": 100 * (figures["ap50"] - made["ap50"]),
                }
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--ink", type=Path)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--arm", choices=ARMS, action="append", help="only this; the other's figures lie in --out")
    parser.add_argument("-o", "--out", type=Path, default=Path("runs/realism"))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    ink = InkLibrary.load(args.ink) if args.ink else InkLibrary.builtin()
    steps = 4 if args.quick else args.steps
    for arm in args.arm or ARMS:
        run(arm, args.data, ink, steps, args.out)
    if all((args.out / f"{arm}.json").exists() for arm in ARMS):
        show(f"Real pages against made pages, {steps} steps", table(args.out), facts("docmarks", "torch"), args.json)


if __name__ == "__main__":
    main()
