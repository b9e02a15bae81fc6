"""An evaluation as one HTML page to read: the numbers, and behind each of them the marks that it counts."""

from __future__ import annotations

import base64
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.data.read_page import read_page
from docmarks.errors import DocmarksError
from docmarks.evaluate.confusion import THRESHOLD, UNMATCHED, thresholded
from docmarks.evaluate.evaluation import ALL_SETS, Evaluation
from docmarks.evaluate.pairs import RULES, Pairs, pair
from docmarks.evaluate.panels import Crop, Panel, panels, worst_pages
from docmarks.files.atomic import make_folder, write_pieces
from docmarks.marks import Box, Detections
from docmarks.pages.colours import colour
from docmarks.report.evaluation_figures import Record, curves, kinds, overlap, scores
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
        scores=scores(evaluation),
        kinds=kinds(pooled),
        curves=list(curves(evaluation)),
        overlap=overlap(pooled, None if unsuppressed is None else unsuppressed.pooled, threshold, evaluation.nms_iou),
        worst=worst,
        data=_data(evaluation, pairs, shown, worst, drawn, threshold),
        pictures=_pictures(evaluation, shown, drawn, progress),
    )
    write_pieces(folder / FILE, text)
    return folder / FILE


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
