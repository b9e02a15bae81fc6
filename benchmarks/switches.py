"""What each switch of the samples is worth: the same training with it and without, measured on the validation groups.

Every arm starts from the same random weights, or from given ones, and sees as many samples; arms differ in one switch
from the first. The intervals are over documents: they tell how far a difference would move with other pages, not with
another training. For that take several seeds, and look at the spread beside the difference.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from docmarks.data.coco_file import read
from docmarks.data.dataset import Dataset
from docmarks.evaluate.compare import MEAN, Comparison, Judged, compare, judged
from docmarks.evaluate.evaluation import Evaluation
from docmarks.evaluate.run import evaluate_detector
from docmarks.evaluate.show_compare import change
from docmarks.evaluate.thresholds import at_score
from docmarks.experiments.hard_examples import read_mistakes
from docmarks.experiments.recipes import recipe_path
from docmarks.experiments.run import training_samples
from docmarks.labels.label_set import LabelSet
from docmarks.model.detector import FasterRCNN
from docmarks.train.config import TrainConfig, make_config, read_settings
from docmarks.train.detector import ModelDetector
from docmarks.train.feed import batches
from docmarks.train.samples.hard_examples import Mistakes
from docmarks.train.start import Start, fit
from docmarks.train.trainer import Trainer
from machine import facts, show_all
from partly_boxed import boxed_for, one_label_each

COPIES = {"skew": 0.4, "stretch": 0.3, "perspective": 0.1, "bleed_through": 0.15, "spread": 0.2, "fax": 0.05}

UNMASKED = "- masks of partial labels"
"""Whatever is not boxed counts as background, also where a set leaves a label open."""

HARD = "+ hard examples"
"""Crops where a model erred, too (--hard-examples)."""

ARMS: dict[str, dict[str, Any]] = {
    "base": {},
    UNMASKED: {},
    "+ repeat factors": {"imbalance": {"repeat_threshold": 0.1}},
    "+ class-balanced loss": {"imbalance": {"loss_beta": 0.999}},
    "+ copy-paste": {"paste": {"share": 0.5}},
    HARD: {},
    "+ small-object crops": {"crops": {"on_small": 0.3}},
    "+ augmentations": {"augment": COPIES},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="+", help="Data sets.")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--lr", type=float, help="Default: the recipe's.")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--arms", nargs="*", choices=list(ARMS), default=[arm for arm in ARMS if arm != HARD])
    parser.add_argument("--from", dest="start", type=Path, help="A checkpoint; default: random weights.")
    parser.add_argument(
        "--one-label-each",
        action="store_true",
        help="Train as if each document had been boxed for one label alone; all of them are measured.",
    )
    parser.add_argument(
        "--boxed-for",
        nargs=2,
        action="append",
        default=[],
        metavar=("SET", "LABELS"),
        help="Train as if this set, by its name, had been boxed for these labels alone (separated by commas).",
    )
    parser.add_argument(
        "--hard-examples",
        type=Path,
        nargs="*",
        default=[],
        help="What `docmarks evaluate --part train -o` wrote, for the arm of that name.",
    )
    parser.add_argument("--quick", action="store_true", help="Four steps of two small crops, one seed.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    if bool(args.hard_examples) != (HARD in args.arms):
        raise SystemExit(f"--hard-examples and the arm {HARD!r} need each other")
    torch.set_num_threads(args.threads)
    datasets = [read(folder) for folder in args.data]
    machine = facts("torch") | {"steps": args.steps, "batch": args.batch, "data": " ".join(d.name for d in datasets)}
    with tempfile.TemporaryDirectory() as folder:
        args.data, hidden = hide(datasets, args, Path(folder))
        machine |= hidden
        tables = measure(datasets, args)
    show_all(tables, machine, args.json)


def hide(datasets: list[Dataset], args: argparse.Namespace, folder: Path) -> tuple[list[Path], dict[str, str]]:
    """What to train on, sets with fewer boxes in the place of some, and what is left in those."""
    label_set, chosen = LabelSet.load("default"), dict(args.boxed_for)
    if unknown := set(chosen) - {dataset.name for dataset in datasets}:
        raise SystemExit(f"--boxed-for: no data set is called {', '.join(sorted(unknown))}")
    data = []
    for whole, dataset in zip(args.data, datasets, strict=True):
        if dataset.name in chosen:
            data.append(boxed_for(dataset, set(chosen[dataset.name].split(",")), label_set, folder))
        else:
            data.append(one_label_each(dataset, label_set, folder) if args.one_label_each else whole)
    told = {f"{name} boxed for": labels for name, labels in chosen.items()}
    return data, told | ({"boxed": "one label a document"} if args.one_label_each else {})


def measure(datasets: list[Dataset], args: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """A line a training, of labels and of means."""
    rows, labels = [], []
    for seed in range(1, (1 if args.quick else args.seeds) + 1):
        first: Judged | None = None
        for arm in args.arms:
            began = time.perf_counter()
            config = configuration(arm, seed, args)
            mistakes = read_mistakes(args.hard_examples if arm == HARD else [], datasets, config)
            model = trained(config, args, mistakes)
            evaluation = evaluate_detector(ModelDetector(model, torch.device("cpu")), datasets, "validation")
            run = judged(evaluation, arm)
            rows.append({"arm": arm, "seed": seed} | figures(evaluation, run, first))
            labels.append({"arm": arm, "seed": seed} | by_label(evaluation))
            first = first or run
            print(f"seed {seed}, {arm}: {rows[-1]} ({time.perf_counter() - began:.0f} s)", flush=True)
    return {
        "AP50 on the validation groups, by label": labels,
        "Mean over labels, and against the first arm (95 % over documents)": rows,
    }


def figures(evaluation: Evaluation, run: Judged, first: Judged | None) -> dict[str, Any]:
    """Means over labels, F1 at a minimum score of 0.5, and what this arm gains on the first of its seed."""
    scores = evaluation.pooled.scores.values()
    f1 = [at_score(found, run.thresholds[label]).f1 for label, found in run.matched.items() if found.n_truth]
    found = {
        "AP50": f"{100 * statistics.fmean(s.ap50 for s in scores):.1f}",
        "AP": f"{100 * statistics.fmean(s.ap for s in scores):.1f}",
        "F1": f"{100 * statistics.fmean(f1):.1f}",
    }
    difference = compare([first, run]) if first is not None else None
    return found | {f"{name}, change": gain(difference, name.lower(), run) for name in ("AP50", "AP", "F1")}


def gain(difference: Comparison | None, measure: str, run: Judged) -> str:
    if difference is None:
        return ""
    return change(difference.differences[measure][MEAN][run.name].by)


def by_label(evaluation: Evaluation) -> dict[str, str]:
    return {label: f"{100 * score.ap50:.1f}" for label, score in evaluation.pooled.scores.items()}


def configuration(arm: str, seed: int, args: argparse.Namespace) -> TrainConfig:
    """The recipe of the model that ships, on real pages alone and without its repeat factors, with one switch."""
    settings = read_settings(recipe_path("default"))
    steps, batch = (4, 2) if args.quick else (args.steps, args.batch)
    changes = {"steps": steps, "batch": batch, "warmup": max(1, steps // 10), "seed": seed, "workers": args.workers}
    if args.lr is not None:
        changes["learning_rate"] = args.lr
    changes |= {"precision": "fp32", "ema": 0.99, "ink": {"decorate": 0.0, "forms": 0.0, "pages": 0.0}}
    if args.quick:
        changes["crops"] = settings["crops"] | {"width": 320, "height": 256, "page_long_side": [500, 700]}
    settings |= changes | {"imbalance": {}}
    for key, value in ARMS[arm].items():
        settings[key] = settings.get(key, {}) | value
    if arm == UNMASKED:
        settings["assume_exhaustive"] = [read(folder).name for folder in args.data]
    return make_config(settings, Path("switches"))


def trained(config: TrainConfig, args: argparse.Namespace, mistakes: Mistakes) -> FasterRCNN:
    """The average of the weights after the last step."""
    samples = training_samples(config, args.data, mistakes)
    torch.manual_seed(config.seed)
    model = FasterRCNN(samples.config.model)
    if args.start is not None:
        from docmarks.train.checkpoint import read_checkpoint

        fit(model, Start.of(read_checkpoint(args.start)))
    trainer = Trainer(samples.config, model.train())
    for batch in batches(samples.config, samples, 0):
        trainer.train_step([batch])
    model.load_state_dict(trainer.average.state)
    return model.eval()


if __name__ == "__main__":
    main()
