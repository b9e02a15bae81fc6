"""Marks of one real page on another: copy-paste (Ghiasi et al. 2021, arXiv 2012.07177), as ink goes onto paper."""

from __future__ import annotations

import numpy as np

from docmarks.marks import Mark
from docmarks.synth.paper import Paper
from docmarks.train.sample_config import PasteConfig
from docmarks.train.samples.cuttings import Cuttings, Ink, multiply
from docmarks.train.samples.luminance import grey_of
from docmarks.train.samples.scene import Scene
from docmarks.train.samples.vary import vary


class PasteMarks:
    """Multiplies marks that were cut out of pages onto free places of others."""

    def __init__(self, config: PasteConfig, cuttings: Cuttings) -> None:
        """Each label is cut as often as any other."""
        self.config = config
        self.cuttings = cuttings

    def __call__(self, scene: Scene, rng: np.random.Generator) -> Scene:
        """Adds one to ``most`` marks, in their own labels, where nothing is yet."""
        by_label = self.cuttings.onto(scene.known)
        if not by_label or rng.random() >= self.config.share:
            return scene
        image = scene.image.copy()
        paper = Paper(grey_of(image), (mark.box for mark in scene.marks))
        added: list[Mark] = []
        labels = list(by_label)
        for _ in range(int(rng.integers(1, self.config.most + 1))):
            label = labels[int(rng.integers(len(labels)))]
            ink, names = self.one(label, scene, rng)
            if ink is None:
                continue
            height, width = ink.shape[:2]
            at = paper.place(width, height, rng, float(rng.choice((0.0, 0.02, 0.08))))
            if at is None:
                continue
            box = multiply(image, ink, at)
            paper.take(box)
            added.append(Mark(box, names))
        return scene.now(image, (*scene.marks, *added))

    def one(self, label: str, scene: Scene, rng: np.random.Generator) -> tuple[Ink | None, tuple[str, ...]]:
        """Any cutting of a label that has some, and its own labels; no ink if it would be too small."""
        cuttings = self.cuttings.onto(scene.known)[label]
        cutting = cuttings[int(rng.integers(len(cuttings)))]
        ink = self.cuttings.ink(cutting, scene.long_side * float(np.exp(rng.normal(0, 0.08))))
        if ink is not None and self.config.vary > 0 and rng.random() < self.config.vary:
            ink = vary(ink, label, rng)
        return ink, cutting.mark.labels
