"""An evaluation as one HTML page to read: the numbers, and behind each of them the marks that it counts."""

from __future__ import annotations

import base64
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from docmarks.atomic import make_folder
from docmarks.data.dataset import DatasetPage
from docmarks.data.read_page import read_page
from docmarks.errors import DocmarksError
from docmarks.evaluate.average_precision import LabelScore, precision_recall
from docmarks.evaluate.confusion import THRESHOLD, UNMATCHED, thresholded
from docmarks.evaluate.error_kinds import KINDS, SIDES, costs
from docmarks.evaluate.error_sorting import find_errors
from docmarks.evaluate.evaluation import ALL_SETS, Evaluation, SetResult
from docmarks.evaluate.overlap import overlaps
from docmarks.evaluate.pairs import RULES, Pairs, pair
from docmarks.evaluate.panels import Crop, Panel, panels, worst_pages
from docmarks.marks import Box, Detections
from docmarks.pages.colours import colour
from docmarks.report.charts import unit_chart
from docmarks.report.panels import draw_crop, draw_page
from docmarks.report.template import template

FILE = "evaluation.html"

DEFAULT_RULE = "most-overlapped"

WORST = 60
"""So many of the pages with errors are listed."""

MOST_PAGES = 500
"""So many pages are drawn, those with most errors first: a page to read cannot be of any size."""

PICTURES = 20_000_000
"""Bytes that all pages together may take; the more pages, the smaller each."""

Progress = Callable[[Sequence[int]], Iterable[int]]
"""Gives the same pages, one by one, and shows how far they have come."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Shown:
    """A crop with its number in the page.

    Attributes:
        number: Of its picture.
        crop: The place.
        predicted: Label's index; K for a missed ground truth.
        true: Label's index; K for an unmatched prediction.
    """

    number: int
    crop: Crop
    predicted: int
    true: int


def write_page(
    evaluation: Evaluation,
    folder: Path,
    *,
    title: str = "Evaluation",
    threshold: float = THRESHOLD,
    unsuppressed: Evaluation | None = None,
    progress: Progress = iter,
) -> Path:
    """Writes the page and returns where it is.

    It is one file, with everything inside and nothing from elsewhere. The images are read one page at a time; a page
    whose image cannot be read is told in the report.

    Args:
        evaluation: What was found.
        folder: Where to write ``evaluation.html``.
        title: Of the page.
        threshold: Score from which on predictions are counted first, and by which crops are chosen.
        unsuppressed: What was found before suppression between labels, to count overlapping predictions of both.
        progress: Wraps the pages that are drawn, to show a bar.

    Raises:
        DocmarksError: The folder cannot be written to, or the disk is full.
    """
    make_folder(folder)
    pooled = evaluation.pooled
    pairs = {rule: pair(pooled.predictions, pooled.pages, evaluation.labels, rule=rule) for rule in RULES}
    shown = list(_numbered(panels(pairs[DEFAULT_RULE], threshold)))
    worst = worst_pages(pairs[DEFAULT_RULE], len(pooled.pages), threshold)[:WORST]
    drawn = _pages_to_draw(pairs[DEFAULT_RULE], shown, len(pooled.pages), threshold)
    text = template("evaluation.html").generate(
        title=title,
        labels=evaluation.labels,
        n_pages=len(pooled.pages),
        n_marks=sum(len(page.page.marks) for page in pooled.pages),
        scores=_scores(evaluation),
        kinds=_kinds(pooled),
        curves=list(_curves(evaluation)),
        overlap=_overlap(pooled, None if unsuppressed is None else unsuppressed.pooled, threshold),
        worst=worst,
        data=_data(evaluation, pairs, shown, worst, drawn, threshold),
        pictures=_pictures(evaluation, shown, drawn, progress),
    )
    return stream(text, folder / FILE)


def stream(text: Iterable[str], file: Path) -> Path:
    """Writes a page piece by piece beside the target, then renames.

    Raises:
        DocmarksError: It cannot be written.
    """
    beside = file.with_name(file.name + ".part")
    try:
        with beside.open("w", encoding="utf-8", errors="backslashreplace") as out:
            for piece in text:
                out.write(piece)
        beside.replace(file)
    except OSError as error:
        raise DocmarksError(f"{file}: cannot be written ({error.strerror}); choose another -o") from error
    finally:
        beside.unlink(missing_ok=True)
    return file


def _numbered(chosen: Iterable[Panel]) -> Iterator[Shown]:
    number = 0
    for panel in chosen:
        for crop in panel.crops:
            yield Shown(number, crop, panel.predicted, panel.true)
            number += 1


def _pages_to_draw(pairs: Pairs, shown: Sequence[Shown], n_pages: int, threshold: float) -> list[int]:
    """Pages with errors, most first, then other pages that crops come from; in the order of the pages."""
    order = dict.fromkeys(number for number, _ in worst_pages(pairs, n_pages, threshold))
    order.update(dict.fromkeys(one.crop.page for one in shown))
    return sorted(list(order)[:MOST_PAGES])


def _pictures(
    evaluation: Evaluation, shown: Sequence[Shown], drawn: Sequence[int], progress: Progress
) -> Iterator[tuple[str, str]]:
    """(identifier, base64 text) of every picture, or ("gone-<page>", why) of a page that cannot be read."""
    crops: dict[int, list[Shown]] = defaultdict(list)
    for one in shown:
        crops[one.crop.page].append(one)
    most_bytes = min(60_000, PICTURES * 3 // 4 // max(len(drawn), 1))
    names: list[str | None] = [*evaluation.labels, None]
    whole = set(drawn)
    for number in progress(sorted({*crops, *drawn})):
        try:
            pixels = read_page(evaluation.pooled.pages[number])
        except DocmarksError as error:
            yield f"gone-{number}", str(error)
            continue
        if number in whole:
            yield f"page-{number}", _base64(draw_page(pixels, most_bytes))
        for one in crops[number]:
            yield f"crop-{one.number}", _base64(draw_crop(pixels, one.crop, names[one.predicted], names[one.true]))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _data(
    evaluation: Evaluation,
    pairs: Mapping[str, Pairs],
    shown: Sequence[Shown],
    worst: Sequence[tuple[int, Any]],
    drawn: Sequence[int],
    threshold: float,
) -> Record:
    """What the page's script works on."""
    pooled = evaluation.pooled
    sets = [result.name for result in evaluation.results for _ in result.pages]
    cells: dict[str, list[list[Any]]] = defaultdict(list)
    for one in shown:
        score = None if one.crop.score is None else round(one.crop.score, 4)
        cells[f"{one.predicted},{one.true}"].append([one.number, one.crop.page, score])
    used = {*drawn, *(one.crop.page for one in shown)}
    return {
        "labels": [*evaluation.labels, UNMATCHED],
        "colours": [list(colour(label)) for label in evaluation.labels],
        "threshold": threshold,
        "confusion": list(_confusions(evaluation, pairs)),
        "cells": cells,
        "worst": [[number, counts.tolist()] for number, counts in worst],
        "drawn": list(drawn),
        "pages": {
            str(number): _page(pooled.pages[number], pooled.predictions[number], sets[number], number in set(drawn))
            for number in sorted(used)
        },
    }


def _confusions(evaluation: Evaluation, pooled: Mapping[str, Pairs]) -> Iterator[Record]:
    """By each rule, what counts the matrix at any threshold: of all sets, then, if there are several, of each."""
    yield {"set": ALL_SETS, "rules": {rule: thresholded(pairs) for rule, pairs in pooled.items()}}
    for result in evaluation.results if len(evaluation.results) > 1 else ():
        pairs = {rule: pair(result.predictions, result.pages, evaluation.labels, rule=rule) for rule in RULES}
        yield {"set": result.name, "rules": {rule: thresholded(found) for rule, found in pairs.items()}}


def _page(page: DatasetPage, found: Detections, name: str, with_marks: bool) -> Record:
    """A page's name, size and marks: predictions [label, score, box], ground truths [labels, box], ignored [box]."""
    record: Record = {"file": f"{page.file.parent.name}/{page.file.name}", "set": name}
    if not with_marks:
        return record
    place = {label: k for k, label in enumerate(found.labels)}
    row, label = np.nonzero(found.scores)
    order = np.argsort(-found.scores[row, label], kind="stable")
    truth = [mark for mark in page.page.marks if not mark.ignore]
    return record | {
        "size": [page.page.width, page.page.height],
        "found": [
            [int(label[i]), round(float(found.scores[row[i], label[i]]), 4), _short(found.boxes[row[i]])] for i in order
        ],
        "truth": [[[place[name] for name in mark.labels if name in place], _short(mark.box)] for mark in truth],
        "ignored": [_short(mark.box) for mark in page.page.marks if mark.ignore],
        "unknown": sorted(place[name] for name in found.labels if name not in page.exhaustive),
    }


def _short(box: Box | np.ndarray) -> list[float]:
    """x, y, width, height to a tenth of a pixel."""
    left, top, right, bottom = (float(v) for v in box)
    return [round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1)]


def _scores(evaluation: Evaluation) -> Record:
    """AP50 and AP of every label on every set, with each one's place between the table's least and most."""
    results = list(evaluation.results)
    if len(results) > 1:
        results.append(evaluation.pooled)
    labels = [label for label in evaluation.labels if any(label in result.scores for result in results)]
    figures = [value for result in results for score in result.scores.values() for value in (score.ap50, score.ap)]
    low, high = min(figures, default=0.0), max(figures, default=1.0)

    def told(scores: Sequence[LabelScore]) -> Record:
        """The mean of some labels' figures: of one, its own; of none, nothing."""
        if not scores:
            return {"marks": "", "figures": [("", 0.0), ("", 0.0)]}
        means = [float(np.mean([score.ap50 for score in scores])), float(np.mean([score.ap for score in scores]))]
        return {
            "marks": sum(score.n_truth for score in scores),
            "figures": [(f"{100 * value:.1f}", _place(value, low, high)) for value in means],
        }

    rows = [
        (label, [told([result.scores[label]] if label in result.scores else []) for result in results])
        for label in labels
    ]
    return {
        "sets": [(result.name, len(result.pages)) for result in results],
        "rows": [*rows, ("mean", [told(list(result.scores.values())) for result in results])],
    }


def _place(value: float, low: float, high: float) -> float:
    """Where a value lies between the least and the most, in 0..1."""
    return (value - low) / (high - low) if high > low else 0.0


def _kinds(pooled: SetResult) -> Record:
    """The cost of each kind of error, with the length of its bar; of the labels that have ground truths."""
    labels = list(pooled.scores)
    errors = find_errors(pooled.predictions, pooled.pages, labels)
    main, by_side = costs(errors, KINDS), costs(errors, SIDES)
    most = max((cost.lost for cost in (*main, *by_side)), default=0.0)
    values = [lost for cost in main for lost in cost.lost_by_label]
    low, high = min(values, default=0.0), max(values, default=0.0)
    ap = errors.as_found().average_precision()
    return {
        "ap": f"{ap.mean():.1f}" if len(ap) else "",
        "groups": [[(cost, cost.lost / most if most else 0.0) for cost in group] for group in (main, by_side)],
        "labels": labels,
        "table": [
            (cost.name, [(f"{lost:.1f}", _place(lost, low, high)) for lost in cost.lost_by_label]) for cost in main
        ],
    }


def _curves(evaluation: Evaluation) -> Iterator[Record]:
    """The two curves of every label that has ground truths, with the points of its thresholds."""
    for label, figures in evaluation.pooled.scores.items():
        precision, recall, score = precision_recall(evaluation.pooled.matched[label], 0)
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
        now, best = evaluation.at_thresholds[label], evaluation.best_thresholds[label]
        at = [(name, point) for name, point in (("stored", now), ("best F1", best)) if not math.isnan(point.f1)]
        yield {
            "label": label,
            "score": figures,
            "now": now,
            "best": best,
            "precision": unit_chart(
                recall,
                precision,
                "recall",
                "precision",
                f"{label}: precision by recall",
                [
                    (point.recall, point.precision, f"{name} {point.score:.2f}")
                    for name, point in at
                    if not math.isnan(point.precision)
                ],
            ),
            "f1": unit_chart(
                score[::-1],
                f1[::-1],
                "score threshold",
                "F1",
                f"{label}: F1 by score threshold",
                [(point.score, point.f1, f"{name} {point.score:.2f}: F1 {point.f1:.2f}") for name, point in at],
            ),
        }


def _overlap(pooled: SetResult, unsuppressed: SetResult | None, threshold: float) -> Record:
    """Overlapping predictions as rows; before and after suppression between labels, if there was any."""
    now = overlaps(pooled.predictions, pooled.pages, pooled.labels, threshold)
    before, after = now, None
    if unsuppressed is not None:
        before = overlaps(unsuppressed.predictions, unsuppressed.pages, unsuppressed.labels, threshold)
        after = now
    both = sorted({*before.cross, *before.truth}, key=lambda names: (-before.cross[names], names))
    return {
        "same": [(label, n, after and after.same[label]) for label, n in before.same.most_common()],
        "cross": [(f"{a} + {b}", before.cross[a, b], after and after.cross[a, b], before.truth[a, b]) for a, b in both],
        "after": after is not None,
    }
