"""Marks of one real page on another: copy-paste (Ghiasi et al. 2021, arXiv 2012.07177), as ink goes onto paper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from docmarks.marks import Mark
from docmarks.synth.paper import Paper
from docmarks.train.sample_config import PasteConfig
from docmarks.train.samples.cuttings import Cuttings, Ink, multiply
from docmarks.train.samples.luminance import grey_of
from docmarks.train.samples.vary import vary

Pixels = NDArray[np.uint8]


class PasteMarks:
    """Multiplies marks that were cut out of pages onto free places of others."""

    def __init__(self, config: PasteConfig, cuttings: Cuttings) -> None:
        """Each label is cut as often as any other."""
        self.config = config
        self.cuttings = cuttings

    def __call__(
        self,
        image: Pixels,
        marks: Sequence[Mark],
        known: frozenset[str],
        long_side: float,
        rng: np.random.Generator,
    ) -> tuple[Pixels, list[Mark]]:
        """Adds one to ``most`` marks where nothing is yet.

        Args:
            image: ``[H, W]`` or ``[H, W, 3]``; not changed.
            marks: On it.
            known: The labels that are complete on its page.
            long_side: Of the whole page, in pixels of ``image``: what is pasted is as large, on paper, as it was.
            rng: Everything random comes from it.

        Returns:
            The new image and the marks that came, in their own labels.
        """
        by_label = self.cuttings.onto(known)
        if not by_label or rng.random() >= self.config.share:
            return image, []
        image = image.copy()
        paper = Paper(grey_of(image))
        for mark in marks:
            paper.take(mark.box)
        added: list[Mark] = []
        labels = list(by_label)
        for _ in range(int(rng.integers(1, self.config.most + 1))):
            label = labels[int(rng.integers(len(labels)))]
            ink, names = self.one(label, known, long_side, rng)
            if ink is None:
                continue
            height, width = ink.shape[:2]
            at = paper.place(width, height, rng, float(rng.choice((0.0, 0.02, 0.08))))
            if at is None:
                continue
            box = multiply(image, ink, at)
            paper.take(box)
            added.append(Mark(box, names))
        return image, added

    def one(
        self, label: str, known: frozenset[str], long_side: float, rng: np.random.Generator
    ) -> tuple[Ink | None, tuple[str, ...]]:
        """Any cutting of a label that has some, and its own labels; no ink if it would be too small."""
        cuttings = self.cuttings.onto(known)[label]
        cutting = cuttings[int(rng.integers(len(cuttings)))]
        ink = self.cuttings.ink(cutting, long_side * float(np.exp(rng.normal(0, 0.08))))
        if ink is not None and self.config.vary > 0 and rng.random() < self.config.vary:
            ink = vary(ink, label, rng)
        return ink, cutting.mark.labels
