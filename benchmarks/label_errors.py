"""How many label errors are found: a tenth of the marks of a clean set is spoilt, and the suspects are looked through.

A third of the spoilt marks is dropped, a third moved by a quarter to a half of its sides, a third given another label.
A suspect is right if it names a spoilt mark, or lies where one was dropped (IoU 0.5). Precision is of the first N
suspects, recall of the spoilt marks, where N is the number of spoilt marks, and then twice that.

python benchmarks/label_errors.py --pages 300
python benchmarks/label_errors.py DATA... --model MODEL
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from docmarks.data.coco_file import read
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.evaluate.evaluation import SetResult
from docmarks.evaluate.label_errors import METHODS, Suspect, find
from docmarks.evaluate.match import iou_matrix
from docmarks.evaluate.run import evaluate_detector
from docmarks.marks import Mark
from docmarks.runtime.detector import Detector
from docmarks.synth.corpus import make_corpus
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.kinds import KINDS
from docmarks.synth.made import GeneralPages
from docmarks.synth.page import SyntheticPages
from machine import facts, show

DROPPED, SHIFTED, SWAPPED = "dropped", "shifted", "swapped"


@dataclass(frozen=True)
class Spoilt:
    """A planted error: the page, the mark as it was, and its new place among the page's marks (None if dropped)."""

    kind: str
    page: int
    was: Mark
    place: int | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="*", help="clean data sets; without any, pages are made")
    parser.add_argument("--model", type=Path, help="default: the one that ships")
    parser.add_argument("--pages", type=int, default=300, help="how many to make")
    parser.add_argument("--share", type=float, default=0.1, help="of the marks that are spoilt")
    parser.add_argument("--rounds", type=int, default=10, help="each spoils other marks")
    parser.add_argument("--quick", action="store_true", help="few pages, few rounds")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rounds = 2 if args.quick else args.rounds
    with tempfile.TemporaryDirectory() as folder:
        datasets = [read(path) for path in args.data] or [made(20 if args.quick else args.pages, Path(folder))]
        result = evaluate_detector(Detector.load(args.model), datasets, "all").pooled
    rows = [
        row
        for method in METHODS
        for row in summary(method, [one_round(result, args.share, seed, method) for seed in range(rounds)])
    ]
    names = ", ".join(dataset.name for dataset in datasets)
    title = f"Planted label errors found, {names}, {len(result.pages)} pages, mean of {rounds} rounds"
    show(title, rows, facts("numpy"), args.json)


def made(n_pages: int, folder: Path) -> Dataset:
    """Made pages: every mark on them is known."""
    pages = SyntheticPages(InkLibrary.builtin(), tuple(KINDS), zones=True)
    corpus = make_corpus(GeneralPages(pages, n_pages, 20_000), folder)
    return replace(corpus, name="made pages")


def one_round(result: SetResult, share: float, seed: int, method: str) -> dict[str, Any]:
    """Spoils, finds, compares."""
    pages, spoilt = spoil(result.pages, result.labels, share, np.random.default_rng(seed))
    suspects = find(result.predictions, pages, result.labels, method)
    found: dict[str, Any] = {"spoilt": len(spoilt)}
    for times in (1, 2):
        first = suspects[: times * len(spoilt)]
        hits = [match(suspect, spoilt) for suspect in first]
        right = {hit for one in hits for hit in one}
        found[f"precision {times}N"] = sum(bool(one) for one in hits) / max(len(first), 1)
        found[f"recall {times}N"] = len(right) / max(len(spoilt), 1)
        for kind in (DROPPED, SHIFTED, SWAPPED):
            of_kind = [n for n, one in enumerate(spoilt) if one.kind == kind]
            found[f"{kind} {times}N"] = len(right.intersection(of_kind)) / max(len(of_kind), 1)
    return found


def summary(method: str, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A row a depth of looking."""
    mean = {name: float(np.mean([one[name] for one in found])) for name in found[0]}
    return [
        {
            "ranked by": method,
            "looked at": f"{times}N",
            "N": round(mean["spoilt"]),
            "precision": mean[f"precision {times}N"],
            "recall": mean[f"recall {times}N"],
            **{f"of the {kind}": mean[f"{kind} {times}N"] for kind in (DROPPED, SHIFTED, SWAPPED)},
        }
        for times in (1, 2)
    ]


def match(suspect: Suspect, spoilt: Sequence[Spoilt]) -> list[int]:
    """The planted errors that a suspect shows."""
    found = []
    for number, one in enumerate(spoilt):
        if one.page != suspect.page:
            continue
        if suspect.mark is not None and suspect.mark == one.place:
            found.append(number)
        elif suspect.mark is None and iou_matrix(np.array([suspect.box]), np.array([one.was.box]))[0, 0] >= 0.5:
            found.append(number)
    return found


def spoil(
    pages: Sequence[DatasetPage], labels: Sequence[str], share: float, rng: np.random.Generator
) -> tuple[list[DatasetPage], list[Spoilt]]:
    """The pages with planted errors. Only marks whose labels are fully annotated are spoilt."""
    whole = [
        (number, place)
        for number, page in enumerate(pages)
        for place, mark in enumerate(page.page.marks)
        if not mark.ignore and set(mark.labels) <= page.exhaustive
    ]
    chosen = rng.permutation(len(whole))[: round(share * len(whole))]
    kinds = {whole[n]: (DROPPED, SHIFTED, SWAPPED)[i % 3] for i, n in enumerate(chosen)}
    spoilt, changed = [], []
    for number, page in enumerate(pages):
        marks: list[Mark] = []
        for place, mark in enumerate(page.page.marks):
            kind = kinds.get((number, place))
            if kind is None:
                marks.append(mark)
                continue
            spoilt.append(Spoilt(kind, number, mark, None if kind == DROPPED else len(marks)))
            if kind == SHIFTED:
                marks.append(shifted(mark, rng))
            elif kind == SWAPPED:
                others = sorted(page.exhaustive.intersection(labels).difference(mark.labels))
                marks.append(replace(mark, labels=(str(rng.choice(others)),)))
        changed.append(replace(page, page=replace(page.page, marks=tuple(marks))))
    return changed, spoilt


def shifted(mark: Mark, rng: np.random.Generator) -> Mark:
    """Moved across and down by a quarter to a half of its sides."""
    across, down = rng.choice([-1, 1], 2) * rng.uniform(0.25, 0.5, 2) * (mark.width, mark.height)
    left, top, right, bottom = mark.box
    return replace(mark, box=(left + across, top + down, right + across, bottom + down))


if __name__ == "__main__":
    main()
