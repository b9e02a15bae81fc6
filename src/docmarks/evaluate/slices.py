"""The figures of parts of the pages: where a model is good and where it is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from docmarks.data.dataset import DatasetPage
from docmarks.evaluate.average_precision import LabelScore, mean_score, score
from docmarks.evaluate.evaluation import Evaluation, plain
from docmarks.evaluate.label_matches import SIZES
from docmarks.evaluate.quality import Quality

LONG_SIDES_PX = (1200, 2000)
SHARPNESS = (0.6, 0.8)
NOISE = (0.5, 3.0)
"""Where scans are parted. On real pages: letters in 16 greys and one-bit scans are 1.0 sharp, JPEGs of office scans
0.7 to 0.9, photographs and enlarged copies under 0.6; a cleaned page has no noise, tinted paper 0.5 to 4."""

WORST = 20
"""Documents that are named for their errors, at most."""

FAMILY = "family"
"""Key of an image record that names its kind of document."""


@dataclass(frozen=True)
class Slice:
    """Some of the pages, or the boxes of some size.

    Attributes:
        by: What the pages were parted by.
        value: This part.
        n_pages: Pages in it.
        scores: Of every label that has ground truth in it.
    """

    by: str
    value: str
    n_pages: int
    scores: Mapping[str, LabelScore]

    @property
    def mean(self) -> LabelScore:
        """Over its labels."""
        return mean_score(list(self.scores.values()))

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        figures = {"labels": plain(self.scores), "mean": plain(self.mean)}
        return {"by": self.by, "value": self.value, "pages": self.n_pages, **figures}


@dataclass(frozen=True)
class Group:
    """One document: what is right, wrong and missed at the thresholds and IoU 0.5."""

    name: str
    pages: int
    truths: int
    right: int
    wrong: int
    missed: int


def slices(evaluation: Evaluation, keys: Sequence[str] = ()) -> list[Slice]:
    """By set, size of box, kind, resolution, sharpness and noise of the scan, family, and the user's own keys.

    A part in which no label has ground truth is left out, and so is what does not part the pages at all.

    Args:
        evaluation: With qualities, where scans are to be told apart.
        keys: Of the image records; pages without a key are in no part of it.
    """
    found = [*_by_value("set", _sets(evaluation), evaluation), *_by_size(evaluation)]
    pages, qualities = evaluation.pooled.pages, evaluation.pooled.qualities
    if qualities:
        for name, values in _scans(qualities).items():
            found.extend(_by_value(name, values, evaluation))
    for key in dict.fromkeys((FAMILY, *keys)):
        found.extend(_by_value(key, [_of_user(page, key) for page in pages], evaluation))
    return found


def worst_groups(evaluation: Evaluation) -> list[Group]:
    """The documents with the most errors (wrong and missed), of the same number by name; none without any."""
    counts = evaluation.counts_by_page()
    names, at = np.unique(evaluation.documents, return_inverse=True)
    sums = {name: np.bincount(at, values, len(names)).astype(int) for name, values in counts.items()}
    errors = sums["wrong"] + sums["missed"]
    order = [i for i in np.argsort(-errors, kind="stable")[:WORST] if errors[i]]
    n_pages = np.bincount(at, minlength=len(names))
    return [
        Group(str(names[i]), int(n_pages[i]), **{name: int(values[i]) for name, values in sums.items()}) for i in order
    ]


def _by_value(by: str, values: Sequence[str], evaluation: Evaluation) -> Iterator[Slice]:
    parts = sorted({value for value in values if value})
    if len(parts) < 2 and all(values):
        return
    own = np.array(values)
    for value in parts:
        chosen = own == value
        scores = {label: score(matched.only(chosen)) for label, matched in evaluation.pooled.matched.items()}
        scores = {label: figures for label, figures in scores.items() if figures.n_truth}
        if scores:
            yield Slice(by, value, int(chosen.sum()), scores)


def _by_size(evaluation: Evaluation) -> Iterator[Slice]:
    """COCO's ranges and that of checkboxes; what is of another size is ignored, not wrong."""
    for place, name in list(enumerate(SIZES))[1:]:
        scores = {label: score(matched.of_size(place)) for label, matched in evaluation.pooled.matched.items()}
        scores = {label: figures for label, figures in scores.items() if figures.n_truth}
        if scores:
            yield Slice(
                "box size", name.replace("_", " to ") + " px" * ("_" in name), len(evaluation.pooled.pages), scores
            )


def _sets(evaluation: Evaluation) -> list[str]:
    return [result.name for result in evaluation.results for _ in result.pages]


def _scans(qualities: Sequence[Quality]) -> dict[str, list[str]]:
    return {
        "scan": [quality.kind for quality in qualities],
        "resolution": [_range(quality.long_side_px, LONG_SIDES_PX, " px") for quality in qualities],
        "sharpness": [_range(quality.sharpness, SHARPNESS) for quality in qualities],
        "noise": [_range(quality.noise, NOISE) for quality in qualities],
    }


def _range(value: float, limits: tuple[float, float], unit: str = "") -> str:
    """The range in words, so that they sort by their limits; empty for nan."""
    low, high = limits
    if np.isnan(value):
        return ""
    if value < low:
        return f"0 to {low:g}{unit}"
    return f"{low:g} to {high:g}{unit}" if value < high else f"{high:g}{unit} and over"


def _of_user(page: DatasetPage, key: str) -> str:
    value = page.extra.get(key)
    return str(value) if isinstance(value, str | int | float | bool) else ""
