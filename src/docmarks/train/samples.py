"""The stream of training samples: sample i is a function of the seed and i alone, so a run resumes anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.utils.data import Dataset as TorchDataset

from docmarks.data.dataset import DatasetPage
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Mark, Page
from docmarks.model.targets import Targets
from docmarks.pages.document import open_document
from docmarks.synth.fill import decorate, fill_form
from docmarks.synth.ink import InkLibrary
from docmarks.synth.scanner import degrade
from docmarks.train.config import TrainConfig
from docmarks.train.crops import Cropper, Window
from docmarks.train.feed import Sample

Grey = NDArray[np.uint8]

CACHED_LONG_SIDE = 1600
"""Pages are kept in memory at most so large: a little more than the largest training scale needs."""

LEAST_CONTRAST = 18
"""Grey levels by which the darkest part of a mark must differ from the paper."""


class PageMaker(Protocol):
    """A source of pages made from nothing."""

    def __call__(self, seed: int) -> tuple[Grey, Page]:
        """The page of that seed, and its marks."""


@dataclass(frozen=True)
class SourcePage:
    """One real page.

    Attributes:
        page: Image and marks, in source labels.
        known: The target labels that are fully annotated on it.
        weight: How often it is drawn.
    """

    page: DatasetPage
    known: frozenset[str]
    weight: float = 1.0

    @property
    def fields(self) -> list[dict[str, object]]:
        """The places of a blank form to write on: dicts of ``kind`` and ``bbox`` (x, y, w, h in page pixels)."""
        return list(self.page.extra.get("fields", ()))


class PageCache:
    """Decoded pages, grey, at most ``CACHED_LONG_SIDE`` pixels long."""

    def __init__(self) -> None:
        """Starts empty; fills as pages are asked for."""
        self._pages: dict[str, tuple[Grey, float]] = {}

    def __call__(self, page: DatasetPage) -> tuple[Grey, float]:
        """The image ``[H, W]`` and how many of its pixels a pixel of the file is."""
        key = str(page.file)
        if key not in self._pages:
            with open_document(page.file) as document:
                image = Image.fromarray(document.page(1).pixels).convert("L")
            scale = min(1.0, CACHED_LONG_SIDE / max(image.size))
            if scale < 1:
                image = image.resize(
                    (round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR
                )
            self._pages[key] = (np.asarray(image), scale)
        return self._pages[key]


class Samples(TorchDataset[Sample]):
    """Training crops: real ones, real ones with marks added, filled-in forms, pages from nothing."""

    def __init__(
        self,
        config: TrainConfig,
        pages: Sequence[SourcePage],
        label_set: LabelSet,
        ink: InkLibrary,
        made: PageMaker | None,
    ) -> None:
        """``pages`` carry source labels; the label set is applied last, to every mark alike."""
        self.config = config
        self.label_set = label_set
        self.ink = ink
        self.made = made
        self.crop = Cropper(config.crops)
        self.cache = PageCache()
        self.forms = [source for source in pages if source.fields]
        self.pages = [source for source in pages if not source.fields]
        self._chances = [_chances(self.pages), _chances(self.forms)]

    def __len__(self) -> int:
        """All samples of the run."""
        return self.config.steps * self.config.batch

    def __getitem__(self, index: int) -> Sample:
        """Crop ``[1, H, W]`` uint8, its targets, and the page that it comes from."""
        rng = np.random.default_rng((self.config.seed, index))
        crop, marks, known, source = self._sample(rng)
        # A copy that is torch's own: it may have come from a decoder's read-only memory.
        targets = encoded(crop, marks, known, self.label_set)
        return Sample(torch.from_numpy(np.array(crop))[None], targets, source)

    def _sample(self, rng: np.random.Generator) -> tuple[Grey, list[Mark], frozenset[str], str]:
        ink, choice = self.config.ink, rng.random()
        if self.made is not None and (choice < ink.pages or not (self.pages or self.forms)):
            seed = int(rng.integers(2**31))
            image, page = self.made(seed)
            crop, marks, _ = self.crop(image, page.marks, rng)  # a scanner has had it already
            return crop, marks, frozenset(self.label_set.labels), f"made page {seed}"
        if self.forms and (choice < ink.pages + ink.forms or not self.pages):
            return self._form(rng)
        source = self.pages[int(rng.choice(len(self.pages), p=self._chances[0]))]
        crop, marks, _ = self._cut(source, rng)
        if rng.random() < ink.decorate:
            crop, added = decorate(crop, marks, rng, self.ink)
            marks = [*marks, *added]
        return degrade(crop, rng), marks, source.known, str(source.page.file)

    def _form(self, rng: np.random.Generator) -> tuple[Grey, list[Mark], frozenset[str], str]:
        source = self.forms[int(rng.choice(len(self.forms), p=self._chances[1]))]
        crop, marks, window = self._cut(source, rng)
        boxes = [mark for mark in marks if not mark.ignore]
        cut = [mark for mark in marks if mark.ignore]
        _, scale = self.cache(source.page)
        fields = [_in_window(field, window, scale) for field in source.fields]
        crop, written = fill_form(crop, fields, boxes, rng, self.ink)
        return degrade(crop, rng), [*written, *cut], source.known, str(source.page.file)

    def _cut(self, source: SourcePage, rng: np.random.Generator) -> tuple[Grey, list[Mark], Window]:
        image, scale = self.cache(source.page)
        return self.crop(image, [mark.scaled(scale, scale) for mark in source.page.page.marks], rng)


def encoded(crop: Grey, marks: Sequence[Mark], known: frozenset[str], label_set: LabelSet) -> Targets:
    """Marks in source labels to targets; what the set drops, or what nothing is left to see of, is ignored."""
    names = label_set.labels
    boxes, labels, ignored = [], [], []
    paper = float(np.percentile(crop[::5, ::5], 75))
    for mark in marks:
        mapped = () if mark.ignore else label_set.apply(mark.labels).labels
        if not mapped or not shows(crop, mark, paper):
            ignored.append(mark.box)
            continue
        boxes.append(mark.box)
        labels.append([float(name in mapped) for name in names])
    return Targets(
        torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        torch.tensor(labels, dtype=torch.float32).reshape(-1, len(names)),
        torch.tensor(ignored, dtype=torch.float32).reshape(-1, 4),
        torch.tensor([name in known for name in names]),
    )


def shows(crop: Grey, mark: Mark, paper: float) -> bool:
    """Whether anything is left to see of a mark: a bad copy may have lost faint ink altogether."""
    left, top, right, bottom = (round(v) for v in mark.box)
    inside = crop[max(0, top) : bottom, max(0, left) : right]
    return inside.size > 0 and float(np.percentile(inside, 3)) < paper - LEAST_CONTRAST


def _chances(pages: Sequence[SourcePage]) -> NDArray[np.float64] | None:
    weights = np.array([source.weight for source in pages], dtype=np.float64)
    return weights / weights.sum() if len(weights) else None


def _in_window(field: dict[str, object], window: Window, scale: float) -> dict[str, object]:
    x, y, w, h = (float(v) * scale for v in field["bbox"])  # type: ignore[attr-defined]
    s = window.scale
    return {**field, "bbox": [(x - window.left) * s, (y - window.top) * s, w * s, h * s]}
