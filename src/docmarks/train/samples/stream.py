"""The stream of training samples: sample i is a function of the seed and i alone, so a run resumes anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset as TorchDataset

from docmarks.data.empty_square import FILLED, is_empty
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Box, Mark, Page
from docmarks.model.targets import Targets
from docmarks.synth.decorate import decorate, with_print
from docmarks.synth.fill import fill_form
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.printed.watermark import watermark
from docmarks.train.config import TrainConfig
from docmarks.train.feed import Sample
from docmarks.train.sample_config import InkConfig
from docmarks.train.samples.augment import Augment
from docmarks.train.samples.crops import Cropper, Pixels, Window
from docmarks.train.samples.cuttings import Cuttings
from docmarks.train.samples.hard_examples import NONE, Mistakes, hard_examples
from docmarks.train.samples.luminance import grey_of, in_colour, relight, relit
from docmarks.train.samples.page_cache import PageCache
from docmarks.train.samples.paste import PasteMarks
from docmarks.train.samples.replace import ReplaceMarks
from docmarks.train.samples.scene import Scene
from docmarks.train.samples.source_page import Draw, SourcePage
from docmarks.train.samples.views import WholePage, mirrored
from docmarks.train.targets import targets_of

Grey = NDArray[np.uint8]

LEAST_CONTRAST = 18
"""Grey levels by which the darkest part of a mark must differ from the paper."""

BATCHES = 1
"""Sets the random choices of a batch apart from those of a sample."""


class PageMaker(Protocol):
    """A source of pages made from nothing."""

    def __call__(self, seed: int) -> tuple[Grey, Page]:
        """The page of that seed, and its marks."""


@dataclass(frozen=True)
class Shared:
    """What the samples of a batch have in common, so that they fit into one tensor without much padding.

    Attributes:
        upright: Upright pages only, or lying ones; None for any.
        short_side: Of whole pages; 0 where each draws its own.
        made: Share of the samples that are made from nothing.
        ink: What is added to them.
    """

    upright: bool | None
    short_side: int
    made: float
    ink: InkConfig


class Samples(TorchDataset[Sample]):
    """Training images: real ones, real ones with marks added, filled-in forms, pages from nothing."""

    def __init__(
        self,
        config: TrainConfig,
        pages: Sequence[SourcePage],
        label_set: LabelSet,
        ink: InkLibrary,
        made: PageMaker | None,
        mistakes: Mistakes = NONE,
    ) -> None:
        """``pages`` carry source labels; the label set is applied last, to every mark alike."""
        self.config = config
        self.label_set = label_set
        self.labels = config.model.labels
        self.ink = ink
        self.made = made
        self.crop = Cropper(config.crops)
        self.whole = WholePage(config.resize)
        self.cache = PageCache.of(config)
        self.augment = Augment(config.augment, config.crops.min_visible)
        self.forms = Draw([source for source in pages if source.fields])
        self.pages = Draw([source for source in pages if not source.fields])
        self.hard = hard_examples(pages, mistakes)
        cut = config.paste.share > 0 or config.replace.share > 0
        cuttings = Cuttings(self.pages.items if cut else [], label_set, self.cache)
        self.paste = PasteMarks(config.paste, cuttings)
        self.replace = ReplaceMarks(config.replace, self.paste)

    def __len__(self) -> int:
        """All samples of the run."""
        return self.config.steps * self.config.batch

    def __getitem__(self, index: int) -> Sample:
        """Image ``[C, H, W]`` uint8 in the model's channel order, its targets, and the page that it comes from."""
        rng = np.random.default_rng((self.config.seed, index))
        image, marks, known, source = self._sample(rng, self._shared(index // self.config.batch))
        if self.config.flip > 0 and rng.random() < self.config.flip:
            image, marks = mirrored(image, marks)
        targets = encoded(grey_of(image), marks, known, self.label_set, self.labels)
        return Sample(to_tensor(image, self.config.model.input.channels), targets, source)

    def _shared(self, batch: int) -> Shared:
        ink = self._ink(batch)
        made = ink.pages if self.made is not None else 0.0
        if self.config.view == "crops" or not self.config.resize.by_aspect:
            return Shared(None, 0, made, ink)
        rng = np.random.default_rng((self.config.seed, batch, BATCHES))
        upright, lying = (self.pages.weight(way) + self.forms.weight(way) for way in (True, False))
        # Pages from nothing are upright: they come in batches of such pages, and there so much more often.
        share = made + (1 - made) * upright / (upright + lying) if lying else 1.0
        is_upright = bool(rng.random() < share)
        return Shared(is_upright, self.whole.short_side(rng), made / share if is_upright else 0.0, ink)

    def _ink(self, batch: int) -> InkConfig:
        ink = self.config.ink
        if batch < ink.until * self.config.steps:
            return ink
        return ink.model_copy(update={"decorate": 0.0, "imprints": 0.0, "watermarks": 0.0, "pages": 0.0})

    def _sample(self, rng: np.random.Generator, shared: Shared) -> tuple[Pixels, list[Mark], frozenset[str], str]:
        ink, choice, way = shared.ink, rng.random(), shared.upright
        pages, forms = self.pages.weight(way) > 0, self.forms.weight(way) > 0
        if self.made is not None and (choice < shared.made or not (pages or forms)):
            seed = int(rng.integers(2**31))
            made, page = self.made(seed)
            grey, marks, window = self._view(made, page.marks, rng, shared)  # a scanner has had it already
            known, long_side = frozenset(self.labels), max(made.shape) * window.scale
            scene = self.paste(Scene(self._with_channels(grey), tuple(marks), known, long_side), rng)
            return scene.image, list(scene.marks), known, f"made page {seed}"
        real = (1 - shared.made) / (1 - ink.pages) if ink.pages < 1 else 1.0
        if self.hard.weight(way) > 0 and rng.random() < self.config.hard_examples.share:
            place = self.hard(rng, way)
            return self._real(place.source, rng, shared, place.box)
        if forms and (choice < shared.made + ink.forms * real or not pages):
            return self._form(rng, shared)
        return self._real(self.pages(rng, way), rng, shared)

    def _real(
        self, source: SourcePage, rng: np.random.Generator, shared: Shared, aim: Box | None = None
    ) -> tuple[Pixels, list[Mark], frozenset[str], str]:
        scene, _ = self._cut(source, rng, shared, aim)
        scene = self.paste(self.replace(scene, rng), rng)
        image, marks = scene.image, list(scene.marks)
        if shared.ink.imprints > 0 and rng.random() < shared.ink.imprints:
            image = relit(image, lambda grey: with_print(grey, marks, rng, self.ink))
        if rng.random() < shared.ink.decorate:
            before = grey_of(image)
            after, added = decorate(before, marks, rng, self.ink)
            image, marks = relight(image, before, after), [*marks, *added]
        image, marks = self.augment(self._watermarked(image, scene.long_side, rng, shared.ink), marks, rng)
        return image, marks, source.known, source.page.name

    def _form(self, rng: np.random.Generator, shared: Shared) -> tuple[Pixels, list[Mark], frozenset[str], str]:
        source = self.forms(rng, shared.upright)
        scene, window = self._cut(source, rng, shared)
        boxes = [mark for mark in scene.marks if not mark.ignore]
        cut = [mark for mark in scene.marks if mark.ignore]
        _, scale = self.cache(source.page)
        fields = [_in_window(field, window, scale) for field in source.fields]
        before = grey_of(scene.image)
        after, written = fill_form(before, fields, boxes, rng, self.ink)
        scene = self.paste(scene.now(relight(scene.image, before, after), (*written, *cut)), rng)
        image = self._watermarked(scene.image, scene.long_side, rng, shared.ink)
        image, marks = self.augment(image, scene.marks, rng)
        return image, marks, source.known, source.page.name

    def _watermarked(self, image: Pixels, long_side: float, rng: np.random.Generator, ink: InkConfig) -> Pixels:
        if ink.watermarks == 0 or rng.random() >= ink.watermarks:
            return image
        return relit(image, lambda grey: watermark(grey, rng, self.ink.case, long_side))

    def _cut(
        self, source: SourcePage, rng: np.random.Generator, shared: Shared, aim: Box | None = None
    ) -> tuple[Scene, Window]:
        page, scale = self.cache(source.page)
        if aim is not None:
            aim = Mark(aim, ()).scaled(scale, scale).box
        on_page = [mark.scaled(scale, scale) for mark in source.page.page.marks]
        image, marks, window = self._view(page, on_page, rng, shared, aim)
        return Scene(image, tuple(marks), source.known, max(page.shape[:2]) * window.scale), window

    def _view(
        self, page: Pixels, marks: Sequence[Mark], rng: np.random.Generator, shared: Shared, aim: Box | None = None
    ) -> tuple[Pixels, list[Mark], Window]:
        if self.config.view == "crops":
            return self.crop(page, marks, rng, aim)
        return self.whole(page, marks, shared.short_side or self.whole.short_side(rng))

    def _with_channels(self, grey: Grey) -> Pixels:
        return grey if self.config.model.input.channels == "grey" else in_colour(grey)


def encoded(
    crop: Grey,
    marks: Sequence[Mark],
    known: frozenset[str],
    label_set: LabelSet,
    labels: Sequence[str] | None = None,
) -> Targets:
    """Marks in source labels to targets; what the set drops, or what nothing is left to see of, is ignored.

    Args:
        crop: ``[H, W]``.
        marks: On it.
        known: The labels of the set that are fully annotated on it.
        label_set: Turns the marks' labels into those to learn.
        labels: The set's labels in the model's order; None for the set's own.
    """
    names = label_set.labels if labels is None else labels
    paper = float(np.percentile(crop[::5, ::5], 75))
    learnt = []
    for mark in marks:
        mapped = () if mark.ignore else label_set.apply(mark.labels).labels
        learnt.append(Mark(mark.box, mapped, ignore=not mapped or not shows(crop, mark, paper)))
    return targets_of(learnt, known, names)


def to_tensor(image: Pixels, channels: str) -> torch.Tensor:
    """``[H, W]`` grey or ``[H, W, 3]`` RGB to ``[C, H, W]`` uint8 in the order that ``channels`` names."""
    if image.ndim == 2:
        image = image[:, :, None]
    elif channels == "bgr":
        image = image[:, :, ::-1]
    # A copy that is torch's own: it may have come from a decoder's read-only memory.
    return torch.from_numpy(np.array(image.transpose(2, 0, 1), order="C"))


def shows(crop: Grey, mark: Mark, paper: float) -> bool:
    """Whether anything is left to see of a mark: a bad copy may have lost faint ink altogether.

    Of a filled checkbox its square is not enough.
    """
    if FILLED in mark.labels and is_empty(crop, (*mark.box[:2], mark.width, mark.height)):
        return False
    left, top, right, bottom = (round(v) for v in mark.box)
    inside = crop[max(0, top) : bottom, max(0, left) : right]
    return inside.size > 0 and float(np.percentile(inside, 3)) < paper - LEAST_CONTRAST


def _in_window(field: dict[str, object], window: Window, scale: float) -> dict[str, object]:
    x, y, w, h = (float(v) * scale for v in field["bbox"])  # type: ignore[attr-defined]
    s = window.scale
    return {**field, "bbox": [(x - window.left) * s, (y - window.top) * s, w * s, h * s]}
