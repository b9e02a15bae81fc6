"""The sections of the evaluation's page that are figures: tables and curves, as its template takes them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from docmarks.evaluate.average_precision import LabelScore, mean_score
from docmarks.evaluate.error_kinds import KINDS, SIDES, costs
from docmarks.evaluate.error_sorting import find_errors
from docmarks.evaluate.evaluation import Evaluation, SetResult
from docmarks.evaluate.overlap import overlaps
from docmarks.report.charts import unit_chart

Record = dict[str, Any]

ASSUMED_NMS_IOU = 0.5
"""Of detectors that nobody knows: predictions come without it."""


def scores(evaluation: Evaluation) -> Record:
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
        mean = mean_score(scores)
        return {
            "marks": mean.n_truth,
            "figures": [(f"{100 * value:.1f}", _place(value, low, high)) for value in (mean.ap50, mean.ap)],
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


def kinds(pooled: SetResult) -> Record:
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


def curves(evaluation: Evaluation) -> Iterator[Record]:
    """The two curves of every label that has ground truths, with the points of its thresholds."""
    for label, figures in evaluation.pooled.scores.items():
        curve = evaluation.curves[label]
        now, best = evaluation.at_thresholds[label], evaluation.best_thresholds[label]
        at = [(name, point) for name, point in (("stored", now), ("best F1", best)) if not math.isnan(point.f1)]
        yield {
            "label": label,
            "score": figures,
            "now": now,
            "best": best,
            "precision": unit_chart(
                curve.recall,
                curve.precision,
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
                curve.scores[::-1],
                curve.f1[::-1],
                "score threshold",
                "F1",
                f"{label}: F1 by score threshold",
                [(point.score, point.f1, f"{name} {point.score:.2f}: F1 {point.f1:.2f}") for name, point in at],
            ),
        }


def overlap(pooled: SetResult, unsuppressed: SetResult | None, threshold: float, nms_iou: float | None) -> Record:
    """Overlapping predictions as rows; before and after suppression between labels, if there was any.

    Args:
        pooled: All pages.
        unsuppressed: As they were found before suppression between labels.
        threshold: Least score of a prediction.
        nms_iou: Of the detector; None takes ``ASSUMED_NMS_IOU``, and says so.
    """
    known = ASSUMED_NMS_IOU if nms_iou is None else nms_iou
    now = overlaps(pooled.predictions, pooled.pages, pooled.labels, threshold, known)
    before, after = now, None
    if unsuppressed is not None:
        before = overlaps(unsuppressed.predictions, unsuppressed.pages, unsuppressed.labels, threshold, known)
        after = now
    both = sorted({*before.cross, *before.truth}, key=lambda names: (-before.cross[names], names))
    return {
        "same": [(label, n, after and after.same[label]) for label, n in before.same.most_common()],
        "cross": [(f"{a} + {b}", before.cross[a, b], after and after.cross[a, b], before.truth[a, b]) for a, b in both],
        "after": after is not None,
        "nms_iou": f"{known:g}",
        "assumed": nms_iou is None,
    }
