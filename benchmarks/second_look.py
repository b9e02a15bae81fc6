"""What a second look at regions brings and takes: the same weights, looking once and twice, and without surroundings.

python benchmarks/second_look.py CHECKPOINT DATA...

CHECKPOINT is a `.safetensors` file of docmarks, such as the one that ships. Every network is exported in fp32; pages go
to all of them in turn, in one process. Without surroundings (`roi.context`) a network that has learnt with them is only
timed: what it finds would say nothing.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from docmarks.data.coco_file import read
from docmarks.data.read_page import read_page
from docmarks.evaluate.predictions import Predictions
from docmarks.evaluate.run import choose, evaluate_predictions
from docmarks.export.onnx_file import export_onnx
from docmarks.files.cache import VARIABLE
from docmarks.labels.label_set import LabelSet
from docmarks.model.detector import FasterRCNN
from docmarks.runtime.detector import Detector
from docmarks.runtime.sheet import ModelSheet
from docmarks.train.checkpoint import Checkpoint, read_checkpoint
from machine import facts, show_all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--part", default="validation")
    parser.add_argument("--quick", action="store_true", help="Two pages a set.")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    checkpoint = read_checkpoint(args.checkpoint)
    learnt_with = checkpoint.model.roi.context is not None
    kinds = {"once, regions alone": {"second_look": False, "context": None}} if learnt_with else {}
    kinds |= {"once": {"second_look": False}, "twice": {"second_look": True}}
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = folder  # no cache has a use for these networks
        detectors = {
            name: exported(checkpoint, changes, Path(folder) / f"{number}.onnx")
            for number, (name, changes) in enumerate(kinds.items())
        }
        datasets, label_set = [read(path) for path in args.data], LabelSet.load(checkpoint.model.label_set)
        times: dict[str, list[float]] = {name: [] for name in detectors}
        found: dict[str, dict[Any, Any]] = {name: {} for name in detectors}
        for dataset in choose(datasets, label_set, args.part):
            for page in dataset.pages[: 2 if args.quick else None]:
                image = read_page(page)
                for name, detector in detectors.items():
                    began = time.perf_counter()
                    found[name][page.file, page.number] = detector(image)
                    times[name].append(time.perf_counter() - began)
    base = statistics.mean(times["once"])
    taken = [
        {"looks": name, "s a page": statistics.mean(each), "time": statistics.mean(each) / base}
        for name, each in times.items()
    ]
    once, twice = (
        evaluate_predictions(Predictions.of(found[name], detectors[name], name), datasets, args.part).pooled
        for name in ("once", "twice")
    )
    scores = {label: (once.scores[label], twice.scores[label]) for label in once.scores}
    rows = [
        {
            "label": label,
            "AP50 once": 100 * first.ap50,
            "twice": 100 * second.ap50,
            "AP once": 100 * first.ap,
            "AP twice": 100 * second.ap,
        }
        for label, (first, second) in (scores | {"mean": (once.mean, twice.mean)}).items()
    ]
    show_all({"Time, in turn": taken, "What is found": rows}, facts("docmarks", "openvino"), args.json)


def exported(checkpoint: Checkpoint, changes: dict[str, Any], path: Path) -> Detector:
    """The network with another second stage, in fp32 in OpenVINO."""
    config = checkpoint.model.model_copy(update={"roi": checkpoint.model.roi.model_copy(update=changes)})
    model = FasterRCNN(config)
    own = model.state_dict()
    model.load_state_dict({name: value.float() for name, value in checkpoint.weights().items() if name in own})
    sheet = ModelSheet(name="looks", version="1", config=config, thresholds=(0.5,) * len(config.labels))
    export_onnx(model, sheet, path)
    return Detector.load(path)


if __name__ == "__main__":
    main()
