"""Time and memory to evaluate made detections: this project, pycocotools and faster-coco-eval, in turn.

Each runs in a process of its own, so that its peak memory is its own; what a process needs to make the pages and
detections is not counted. Times are processor time, which other work on the machine moves least; none of the three
uses several cores. The figures are compared, too: they must be equal to 1e-6.

    python benchmarks/evaluate.py
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import multiprocessing
import resource
import statistics
import time
from pathlib import Path
from typing import Any

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.average_precision import LabelScore, score
from docmarks.evaluate.label_matches import SIZES, match_labels
from docmarks.marks import Detections, Mark, Page
from machine import facts, show

LABELS = ("Signature", "Initials", "Handwriting", "Date", "Stamp", "Strikethrough", "Redaction", "Filled", "Unfilled")
MARKS, GUESSES = 8, 25
"""A page, on average."""

RANGES = [[low**2, high**2] for low, high in SIZES.values()]
TOLERANCE = 1e-6


def made(n_pages: int) -> tuple[list[DatasetPage], list[Detections]]:
    """Pages with marks, and detections of which half lie near one."""
    rng = np.random.default_rng(0)
    pages, found = [], []
    for number in range(n_pages):
        n = rng.poisson(MARKS)
        left_top, sides = rng.uniform(0, 1500, (n, 2)), rng.lognormal(4, 0.8, (n, 2)) + 4
        boxes = np.concatenate((left_top, left_top + sides), axis=1)
        labels = rng.integers(len(LABELS), size=n)
        marks = tuple(Mark(tuple(b), (LABELS[k],)) for b, k in zip(boxes.tolist(), labels, strict=True))
        pages.append(DatasetPage(Path(f"{number}.png"), Page(1700, 2200, marks=marks), str(number), frozenset(LABELS)))
        m = rng.poisson(GUESSES)
        near = rng.integers(max(n, 1), size=m // 2) if n else np.zeros(0, int)
        moved = boxes[near] + rng.normal(0, 0.06, (len(near), 4)) * np.tile(sides[near], 2)
        rest = rng.uniform(0, 1500, (m - len(near), 2))
        guessed = np.concatenate((moved, np.concatenate((rest, rest + rng.lognormal(4, 0.8, rest.shape) + 4), axis=1)))
        guessed[:, 2:] = np.maximum(guessed[:, 2:], guessed[:, :2] + 1)
        of = np.concatenate((labels[near], rng.integers(len(LABELS), size=len(rest))))
        scores = np.zeros((m, len(LABELS)), np.float32)
        scores[np.arange(m), of] = rng.uniform(0.05, 1, m)
        found.append(Detections(guessed.astype(np.float32), scores, LABELS))
    return pages, found


def ours(pages: list[DatasetPage], found: list[Detections]) -> tuple[float, list[float]]:
    began = time.process_time()
    scores = [score(matched) for matched in match_labels(found, pages, LABELS).values()]
    return time.process_time() - began, figures_of(scores)


def figures_of(scores: list[LabelScore]) -> list[float]:
    names = ("ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "ap_10_40", "ar1", "ar10", "ar100")
    return [getattr(one, name) for one in scores for name in names]


def coco(pages: list[DatasetPage]) -> dict[str, Any]:
    annotations: list[dict[str, Any]] = []
    for number, page in enumerate(pages, start=1):
        for mark in page.page.marks:
            left, top, right, bottom = mark.box
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": LABELS.index(mark.label) + 1,
                    "bbox": [left, top, right - left, bottom - top],
                    "area": (right - left) * (bottom - top),
                    "iscrowd": 0,
                }
            )
    images = [{"id": n, "width": 1700, "height": 2200} for n in range(1, len(pages) + 1)]
    categories = [{"id": k, "name": name} for k, name in enumerate(LABELS, start=1)]
    return {"info": {}, "images": images, "annotations": annotations, "categories": categories}


def results(found: list[Detections]) -> list[dict[str, Any]]:
    records = []
    for number, one in enumerate(found, start=1):
        boxes = one.boxes.astype(np.float64)
        sizes = boxes[:, 2:] - boxes[:, :2]
        of = one.scores.argmax(axis=1)
        for box, size, k, best in zip(boxes.tolist(), sizes.tolist(), of.tolist(), one.scores.max(axis=1), strict=True):
            bbox = [*box[:2], *size]
            records.append({"image_id": number, "category_id": k + 1, "bbox": bbox, "score": float(best)})
    return records


def theirs(package: str, pages: list[DatasetPage], found: list[Detections]) -> tuple[float, list[float]]:
    truth, guesses = coco(pages), results(found)
    if package == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval as Evaluator
    else:
        from faster_coco_eval import COCO
        from faster_coco_eval import COCOeval_faster as Evaluator
    with contextlib.redirect_stdout(io.StringIO()):
        began = time.process_time()
        loaded = COCO()
        loaded.dataset = truth
        loaded.createIndex()
        run = Evaluator(loaded, loaded.loadRes(guesses), "bbox")
        run.params.areaRng, run.params.areaRngLbl = RANGES, list(SIZES)
        run.evaluate()
        run.accumulate()
        seconds = time.process_time() - began
    precision, recall = np.asarray(run.eval["precision"]), np.asarray(run.eval["recall"])
    figures = []
    for k in range(len(LABELS)):
        own = precision[:, :, k]
        sized = [own[:, :, a, 2].mean() for a in range(1, len(SIZES))]
        recalls = [recall[:, k, 0, most].mean() for most in range(3)]
        figures += [own[:, :, 0, 2].mean(), own[0, :, 0, 2].mean(), own[5, :, 0, 2].mean(), *sized, *recalls]
    return seconds, figures


RUNS = ("docmarks", "pycocotools", "faster-coco-eval")


def measure(name: str, n_pages: int, answer: Any) -> None:
    pages, found = made(n_pages)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds, figures = ours(pages, found) if name == "docmarks" else theirs(name, pages, found)
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer.send((seconds, (after - before) / 1024, figures))


def in_a_process(name: str, n_pages: int) -> tuple[float, float, list[float]]:
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=measure, args=(name, n_pages, there))
    process.start()
    there.close()
    found: tuple[float, float, list[float]] = here.recv()
    process.join()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="500 and 5,000 pages, once")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rows = []
    for n_pages in (500, 5_000) if args.quick else (500, 50_000):
        rounds = 1 if args.quick else args.rounds
        found: dict[str, list[tuple[float, float, list[float]]]] = {name: [] for name in RUNS}
        for _ in range(rounds):
            for name in RUNS:  # in turn, so that a busy moment hits all of them
                found[name].append(in_a_process(name, n_pages))
        seconds = {name: statistics.median(one[0] for one in runs) for name, runs in found.items()}
        memory = {name: max(one[1] for one in runs) for name, runs in found.items()}
        for name in RUNS:
            apart = np.abs(np.subtract(found[name][0][2], found["pycocotools"][0][2])).max()
            if not apart <= TOLERANCE:
                raise SystemExit(f"{name} is {apart:.2g} off pycocotools on {n_pages} pages")
            rows.append(
                {
                    "evaluation": name,
                    "pages": n_pages,
                    "processor seconds": seconds[name],
                    "times pycocotools": seconds["pycocotools"] / seconds[name],
                    "MiB more": memory[name],
                    "memory of pycocotools": memory[name] / memory["pycocotools"],
                }
            )
    machine = facts("pycocotools", "faster-coco-eval", "numpy")
    show("Every figure of 9 labels and 5 ranges of size", rows, machine, args.json)
    print(json.dumps({"figures equal to": TOLERANCE}))


if __name__ == "__main__":
    main()
