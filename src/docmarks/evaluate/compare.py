"""Two or more models on the same pages: which is better, how sure that is, and where they part."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docmarks.data.dataset import DatasetPage
from docmarks.errors import DocmarksError
from docmarks.evaluate.bootstrap import Interval, draw, interval, weighted_f1, weighted_precision
from docmarks.evaluate.evaluation import Evaluation, plain
from docmarks.evaluate.label_matches import LabelMatches
from docmarks.evaluate.match import RIGHT, WRONG

Float = NDArray[np.float64]

RESAMPLES = 1000
MEAN = "mean"
MEASURES = ("ap50", "ap", "f1")
"""The last at each run's own thresholds and IoU 0.5: what its users see."""


@dataclass(frozen=True)
class JudgedPage:
    """A page by what tells it from others: its data set and its image there; its document; and what is boxed on it.

    ``boxes`` is a digest of where; 0 in files of runs before there was one.
    """

    set_name: str
    image: str
    file: str
    group: str
    boxes: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """The same in every run."""
        return self.set_name, self.image


@dataclass(frozen=True)
class Judged:
    """What is compared of one run.

    Attributes:
        name: What to call it.
        pages: All its pages.
        thresholds: Minimum score by label.
        matched: By label.
    """

    name: str
    pages: tuple[JudgedPage, ...]
    thresholds: Mapping[str, float]
    matched: Mapping[str, LabelMatches]


@dataclass(frozen=True)
class Difference:
    """One run against the first.

    Attributes:
        by: Figure of this run less that of the first.
        better: Share of the resamples in which this run is better.
    """

    by: Interval
    better: float


@dataclass(frozen=True)
class Disagreement:
    """A page on which a run makes other errors than the first: wrong and missed at each one's thresholds, IoU 0.5."""

    run: str
    file: str
    first_errors: int
    errors: int


@dataclass(frozen=True)
class Comparison:
    """All runs on the pages that they have in common.

    Attributes:
        runs: Names.
        n_pages: Pages in common.
        n_left_out: Pages that not all runs have.
        n_groups: Documents.
        figures: By measure, label ("mean" too) and run.
        differences: By measure, label and run, without the first.
        pages: Where a run and the first differ most.
    """

    runs: tuple[str, ...]
    n_pages: int
    n_left_out: int
    n_groups: int
    figures: Mapping[str, Mapping[str, Mapping[str, Interval]]]
    differences: Mapping[str, Mapping[str, Mapping[str, Difference]]]
    pages: tuple[Disagreement, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        found: dict[str, Any] = plain(asdict(self))
        return found | {"runs": list(self.runs), "pages": [asdict(page) for page in self.pages]}


def judged(evaluation: Evaluation, name: str) -> Judged:
    """What is compared of an evaluation."""
    pages_of_sets = [(result, page) for result in evaluation.results for page in result.pages]
    pages = tuple(
        JudgedPage(
            result.name,
            str(page.file.name if page.identifier is None else page.identifier),
            str(page.file),
            document,
            _digest(page),
        )
        for (result, page), document in zip(pages_of_sets, evaluation.documents, strict=True)
    )
    thresholds = dict(zip(evaluation.labels, evaluation.thresholds, strict=True))
    return Judged(name, pages, thresholds, evaluation.pooled.matched)


Progress = Callable[[Sequence[tuple[str, str]]], Iterable[tuple[str, str]]]
"""Gives the same steps, one by one, and shows how far they have come."""


def compare(
    runs: Sequence[Judged],
    resamples: int = RESAMPLES,
    seed: int = 0,
    most_pages: int = 10,
    progress: Progress = iter,
) -> Comparison:
    """Compares runs with the first one.

    Args:
        runs: At least two.
        resamples: Of the documents.
        seed: Of the resampling; all runs get the same resamples.
        most_pages: Pages to name where runs differ.
        progress: Wraps the steps, to show a bar.

    Raises:
        DocmarksError: The runs have no pages or labels in common, or were measured on different annotations.
    """
    same = _common(runs)
    labels = [label for label in same[0].matched if all(label in run.matched for run in same)]
    _check(same, labels)
    groups, group_of = np.unique([page.group for page in same[0].pages], return_inverse=True)
    weights = np.concatenate((np.ones((1, len(groups))), draw(len(groups), resamples, seed)))
    # Of each run: [1 + R, labels], the first row as it is.
    measured: dict[str, dict[str, Float]] = {measure: {} for measure in MEASURES}
    by_name = {run.name: run for run in same}
    rates = {
        (name, label): weighted_precision(by_name[name].matched[label], group_of, weights)
        for name, label in progress([(name, label) for name in by_name for label in labels])
    }
    for name, run in by_name.items():
        of_run = np.stack([rates[name, label] for label in labels], axis=1)
        measured["ap50"][name], measured["ap"][name] = of_run[:, :, 0], of_run.mean(axis=2)
        f1 = [weighted_f1(run.matched[label], group_of, weights, run.thresholds[label]) for label in labels]
        measured["f1"][name] = np.stack(f1, axis=1)
    shown = [label for label in labels if same[0].matched[label].n_truth]
    columns = {label: labels.index(label) for label in shown}
    first, *others = (run.name for run in same)
    figures: dict[str, Any] = {}
    differences: dict[str, Any] = {}
    for measure, by_run in measured.items():
        rows = {name: _with_mean(values, columns) for name, values in by_run.items()}
        figures[measure] = {
            label: {name: interval(float(v[label][0]), v[label][1:]) for name, v in rows.items()}
            for label in (*shown, MEAN)
        }
        differences[measure] = {
            label: {name: _difference(rows[name][label] - rows[first][label]) for name in others}
            for label in (*shown, MEAN)
        }
    left_out = len({page.key for run in runs for page in run.pages}) - len(same[0].pages)
    pages = _disagreements(same, labels, most_pages)
    names = tuple(run.name for run in same)
    return Comparison(names, len(same[0].pages), left_out, len(groups), figures, differences, pages)


def _common(runs: Sequence[Judged]) -> list[Judged]:
    """The runs on the pages that all of them have, in the order of the first."""
    shared = set.intersection(*({page.key for page in run.pages} for run in runs))
    if not shared:
        raise DocmarksError(
            f"{runs[0].name} and {runs[1].name}: have no page in common; evaluate them on the same data"
        )
    order = [page.key for page in runs[0].pages if page.key in shared]
    place = {key: i for i, key in enumerate(dict.fromkeys(order))}
    return [_reordered(run, place) for run in runs]


def _reordered(run: Judged, place: Mapping[tuple[str, str], int]) -> Judged:
    new = np.full(len(run.pages), -1)
    pages: list[JudgedPage | None] = [None] * len(place)
    for i, page in enumerate(run.pages):
        at = place.get(page.key, -1)
        if at >= 0 and pages[at] is None:
            new[i], pages[at] = at, page
    matched = {label: found.only(new >= 0).renumbered(new) for label, found in run.matched.items()}
    return replace(run, pages=tuple(page for page in pages if page is not None), matched=matched)


def _check(runs: Sequence[Judged], labels: Sequence[str]) -> None:
    if not labels:
        raise DocmarksError(f"{runs[0].name} and {runs[1].name}: have no label in common")
    for run in runs[1:]:
        for label in labels:
            here, there = runs[0].matched[label], run.matched[label]
            if not (np.array_equal(here.truth_page, there.truth_page) and np.array_equal(here.pages, there.pages)):
                raise DocmarksError(
                    f"{run.name}: was measured on other annotations of {label} than {runs[0].name}; evaluate both again"
                )
        for one, other in zip(runs[0].pages, run.pages, strict=True):
            if one.boxes and other.boxes and one.boxes != other.boxes:
                raise DocmarksError(
                    f"{run.name}: was measured on other boxes of {other.file} than {runs[0].name}; evaluate both again"
                )


def _digest(page: DatasetPage) -> int:
    """Of a page's boxes, to a hundredth of a pixel, whatever their labels are called in a label set."""
    return zlib.crc32(repr(sorted(tuple(round(v, 2) for v in mark.box) for mark in page.page.marks)).encode()) or 1


def _with_mean(values: Float, columns: Mapping[str, int]) -> dict[str, Float]:
    """Each label's column ``[1 + R]``, and their mean over the labels that the resample has."""
    chosen = values[:, list(columns.values())]
    known = ~np.isnan(chosen)
    total = np.where(known, chosen, 0).sum(axis=1)
    mean = np.divide(total, known.sum(axis=1), out=np.full(len(chosen), np.nan), where=known.any(axis=1))
    return {label: values[:, k] for label, k in columns.items()} | {MEAN: mean}


def _difference(values: Float) -> Difference:
    """From the difference as it is and the resampled ones ``[1 + R]``; a draw counts half."""
    known = values[1:][~np.isnan(values[1:])]
    better = float((known > 0).mean() + (known == 0).mean() / 2) if len(known) else np.nan
    return Difference(interval(float(values[0]), values[1:]), better)


def _disagreements(runs: Sequence[Judged], labels: Sequence[str], most: int) -> tuple[Disagreement, ...]:
    first = _errors(runs[0], labels)
    found = []
    for run in runs[1:]:
        errors = _errors(run, labels)
        order = np.argsort(-np.abs(errors - first), kind="stable")[:most]
        found += [
            Disagreement(run.name, runs[0].pages[i].file, int(first[i]), int(errors[i]))
            for i in order
            if errors[i] != first[i]
        ]
    return tuple(found)


def _errors(run: Judged, labels: Sequence[str]) -> NDArray[np.int64]:
    """``[P]``: wrong and missed marks of each page."""
    n = len(run.pages)
    errors = np.zeros(n, np.int64)
    for label in labels:
        one = run.matched[label]
        outcome = one.from_score(run.thresholds[label])
        errors += np.bincount(one.truth_page, minlength=n) - np.bincount(one.page[outcome == RIGHT], minlength=n)
        errors += np.bincount(one.page[outcome == WRONG], minlength=n)
    return errors
