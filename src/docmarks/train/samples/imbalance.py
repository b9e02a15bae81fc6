"""Two answers to labels that drown in others: drawing their pages more often, and weighing their loss more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from docmarks.labels.label_set import LabelSet
from docmarks.train.config import TrainConfig
from docmarks.train.samples.source_page import SourcePage


def repeat_factors(pages: Sequence[Collection[str]], threshold: float) -> NDArray[np.float64]:
    """How many times each page counts (Gupta et al. 2019, arXiv 1908.03195, section 4.1 and its appendix).

    With f(c) the share of the pages that have label c, r(c) = max(1, sqrt(threshold / f(c))), and a page's factor is
    the largest of its labels'; 1 for a page without any.

    Args:
        pages: The labels of each.
        threshold: Labels that a larger share of the pages has are left as they are.
    """
    frequency = Counter(label for labels in pages for label in set(labels))
    repeat = {label: max(1.0, (threshold * len(pages) / n) ** 0.5) for label, n in frequency.items()}
    return np.array([max((repeat[label] for label in labels), default=1.0) for labels in pages], dtype=np.float64)


def class_balanced(counts: Mapping[str, int], labels: Sequence[str], beta: float, most: float) -> tuple[float, ...]:
    """The weight of each label in the loss (Cui et al. 2019, arXiv 1901.05555).

    By the inverse of the effective number of samples, (1 - beta^n) / (1 - beta). The paper scales the weights so that
    they add up to the number of labels; here the mean over all *boxes* is 1, so that marks as a whole keep their
    weight against the background, which the paper's classifiers do not have. A label without a box weighs 1.

    Args:
        counts: Boxes of each label.
        labels: In the order of the result.
        beta: 0 weighs all alike, near 1 by the inverse of their number.
        most: No label weighs more.
    """
    n = np.array([counts.get(label, 0) for label in labels], dtype=np.float64)
    seen = n > 0
    weights = np.ones(len(n))
    weights[seen] = (1 - beta) / (1 - beta ** n[seen])
    if seen.any():
        weights[seen] *= n[seen].sum() / (n[seen] * weights[seen]).sum()
    return tuple(float(w) for w in np.minimum(weights, most))


def rebalanced(config: TrainConfig, pages: Sequence[SourcePage], label_set: LabelSet) -> list[SourcePage]:
    """The pages, those of rare labels with more weight if the configuration says so."""
    threshold = config.imbalance.repeat_threshold
    if threshold == 0:
        return list(pages)
    factors = repeat_factors([labels_on(source, label_set) for source in pages], threshold)
    return [replace(s, weight=s.weight * float(factor)) for s, factor in zip(pages, factors, strict=True)]


def with_label_weights(config: TrainConfig, pages: Sequence[SourcePage], label_set: LabelSet) -> TrainConfig:
    """The configuration with ``model.roi.label_weights`` from the pages' boxes, if it asks for them.

    A page counts as often as it is drawn. So the weights are part of the run's resolved configuration.
    """
    if config.imbalance.loss_beta == 0:
        return config
    counts: Counter[str] = Counter()
    for source in pages:
        for label, n in Counter(_boxes(source, label_set)).items():
            counts[label] += n * source.weight  # type: ignore[assignment]
    whole = {label: max(1, round(n)) for label, n in counts.items()}
    beta, most = config.imbalance.loss_beta, config.imbalance.loss_most
    weights = class_balanced(whole, config.model.labels, beta, most)
    roi = config.model.roi.model_copy(update={"label_weights": weights})
    return config.model_copy(update={"model": config.model.model_copy(update={"roi": roi})})


def labels_on(source: SourcePage, label_set: LabelSet) -> frozenset[str]:
    """The labels of the set that a page has a mark of."""
    return frozenset(_boxes(source, label_set))


def _boxes(source: SourcePage, label_set: LabelSet) -> Iterable[str]:
    for mark in source.page.page.marks:
        if not mark.ignore:
            yield from label_set.apply(mark.labels).labels
