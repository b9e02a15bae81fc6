"""What training sees, as configuration: crops or pages, what is added to them, what is drawn more often."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from docmarks.strict import Strict
from docmarks.synth.scan.scanner import STEPS

Share = Annotated[float, Field(ge=0, le=1)]
"""A probability."""

PROBABILITIES = {step.__name__: probability for step, probability in STEPS}
"""Of a scanner's steps, as for made pages."""


class CropConfig(Strict):
    """Crops that the network trains on.

    Attributes:
        width: Pixels across.
        height: Pixels down.
        page_long_side: The page is resized until its long side lies in this range (log-uniform), then cut.
        on_mark: Share of crops placed over a mark; the others fall anywhere on the page.
        on_small: Share of crops that have a small mark in their middle; comes before ``on_mark``.
        small: A mark is small if the square root of its area is below this, in pixels of a page whose long side is
            1000.
        min_visible: A mark cut by the crop's edge stays a mark if so much of its area is inside,
            else what is left of it is an ignored region.
    """

    width: int = 640
    height: int = 512
    page_long_side: tuple[int, int] = (800, 1400)
    on_mark: float = 0.75
    on_small: Share = 0.0
    small: float = Field(default=24.0, gt=0)
    min_visible: float = 0.6


class ResizeConfig(Strict):
    """Whole pages, resized as Detectron2 resizes for training.

    Attributes:
        short_sides: The page's short side becomes one of these ...
        sampling: ... "choice", or anything between the smallest and the largest of them, "range" ...
        long_side: ... unless its long side would then exceed this.
        by_aspect: Batches hold upright pages only or lying ones only, all at one draw of the short side, so that
            little of a batch is padding.
    """

    short_sides: tuple[int, ...] = Field(default=(640, 672, 704, 736, 768, 800), min_length=1)
    sampling: Literal["choice", "range"] = "choice"
    long_side: int = Field(default=1333, gt=0)
    by_aspect: bool = True


class InkConfig(Strict):
    """Marks pasted on the fly.

    Attributes:
        folder: Ink files; None takes the built-in pen.
        decorate: Share of the real crops that receive extra marks.
        imprints: Share of the real crops that receive print which looks like marks and is none: logos, arms, headings,
            archive numbers, dark bars, charts.
        watermarks: Share of the real crops, filled-in forms among them, with a watermark or a part of one: large grey
            words or an emblem, which are no marks.
        forms: Share of all crops that come from filled-in blank forms (pages that list their fields).
        pages: Share of all crops that come from pages made from nothing.
        until: Share of the steps with extra marks, print and made pages; those after see real pages and filled-in forms
            alone.
    """

    folder: Path | None = None
    decorate: float = 0.5
    imprints: Share = 0.0
    watermarks: Share = 0.0
    forms: float = 0.2
    pages: float = 0.25
    until: Share = 1.0

    @property
    def writes(self) -> bool:
        """Whether anything is made with ink or print."""
        return any((self.decorate, self.imprints, self.watermarks, self.forms, self.pages))


class AugmentConfig(Strict):
    """What happens to real pages on their way to the network: the probability of each.

    Attributes:
        skew: The sheet lies crooked, up to 3 degrees.
        stretch: The paper feed is a few percent too fast or too slow.
        perspective: Seen by a phone held over it.
        shape: Drawn out up to a third and slanted up to 9 degrees: other hands, other typefaces.
        stains: Punch holes, staples, smudges and hairs, which are no marks.
        bleed_through: The back of the sheet shows.
        spread: Ink has run, or thin strokes have faded.
        shadow: Uneven light.
        blur: Slightly out of focus.
        coarse: Scanned at a low resolution.
        bilevel: One bit a pixel at twice the resolution.
        threshold: One bit a pixel.
        posterise: A few greys.
        contrast: Another black, white and gamma.
        noise: Grain.
        fax: The two resolutions of a fax, one bit a pixel, torn lines.
        jpeg: Block artefacts.
        grey: A page in colour loses it (for models that see colour).
    """

    skew: Share = 0.0
    stretch: Share = 0.0
    perspective: Share = 0.0
    shape: Share = 0.0
    stains: Share = 0.0
    bleed_through: Share = 0.0
    spread: Share = 0.0
    shadow: Share = PROBABILITIES["shadow"]
    blur: Share = PROBABILITIES["blur"]
    coarse: Share = PROBABILITIES["coarse"]
    bilevel: Share = PROBABILITIES["bilevel"]
    threshold: Share = PROBABILITIES["threshold"]
    posterise: Share = PROBABILITIES["posterise"]
    contrast: Share = PROBABILITIES["contrast"]
    noise: Share = PROBABILITIES["noise"]
    fax: Share = 0.0
    jpeg: Share = PROBABILITIES["jpeg"]
    grey: Share = 0.2


class PasteConfig(Strict):
    """Marks cut out of one real page and pasted onto another (Ghiasi et al. 2021, arXiv 2012.07177).

    Attributes:
        share: Of the samples that receive some: real pages, filled-in forms and made pages.
        most: One to so many each.
        vary: Of the pasted marks, those that come in another form: drawn out, slanted, turned, thicker or thinner.
    """

    share: Share = 0.0
    most: int = Field(default=3, gt=0)
    vary: Share = 0.0


class ReplaceConfig(Strict):
    """Marks of real pages taken off, others of the same label put there.

    Attributes:
        share: Of the samples of real pages that this happens to.
        marks: Of the marks on these, those that go.
        none: Of the marks that go, those in whose place nothing comes.
    """

    share: Share = 0.0
    marks: Share = 0.7
    none: Share = 0.3


class HardExampleConfig(Strict):
    """Places where a model erred on the training pages (``docmarks train --hard-examples``).

    Attributes:
        share: Of the real samples that show one, where any are known.
    """

    share: Share = 0.3


class ImbalanceConfig(Strict):
    """Against labels that drown in others.

    Attributes:
        repeat_threshold: A page with a label that fewer than this share of the pages have is drawn more often, by
            repeat factors (Gupta et al. 2019, arXiv 1908.03195, who take 0.001 for 1,203 classes); 0 is off.
        loss_beta: Labels weigh in the loss by their effective number of samples (Cui et al. 2019, arXiv 1901.05555,
            who take 0.99 to 0.9999); 0 is off.
        loss_most: No label weighs more than this.
    """

    repeat_threshold: float = Field(default=0.0, ge=0, le=1)
    loss_beta: float = Field(default=0.0, ge=0, lt=1)
    loss_most: float = Field(default=5.0, ge=1)


class CacheConfig(Strict):
    """Resized pages that are kept.

    Attributes:
        memory: GiB of them in the memory of each process that makes samples.
        folder: Where to keep them from one run to the next, for sets that do not fit into memory; None for nowhere.
        disk: GiB that may lie there; what comes after is read anew each time.
    """

    memory: float = Field(default=4.0, ge=0)
    folder: Path | None = None
    disk: float = Field(default=20.0, ge=0)
