"""A family of documents: what is printed and when, how it was scanned, which marks are on so many pages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import Field, ValidationError, model_validator

from docmarks.errors import DocmarksError
from docmarks.labels.counts import JOIN
from docmarks.labels.taxonomy import LABELS, SPELLINGS
from docmarks.strict import Strict, first_problem
from docmarks.synth.kinds import EVERY_KIND
from docmarks.synth.printed.house import ERAS
from docmarks.synth.scan.scanner import STEPS

FAMILIES = Path(__file__).parent / "families"


class Deal(Strict):
    """How the boxes of a label are dealt out to pages.

    Attributes:
        kinds: Kind of page to its weight; kinds that are not named get none. Empty: all alike.
        beside: Label to how much a box of it on a page draws one of these there.
        clump: Weights of 1, 2, 3... of them coming together.
        most: At most so many a page.
        spread: How alike pages are in it: 5 all the same, 0.3 a few pages have most.
    """

    kinds: dict[str, float] = Field(default_factory=dict)
    beside: dict[str, float] = Field(default_factory=dict)
    clump: tuple[float, ...] = (1.0,)
    most: int = 6
    spread: float = 1.0


class Family(Strict):
    """A family.

    Attributes:
        name: As it is called on the command line.
        about: What it looks like.
        pages: So many pages carry ``counts``.
        documents: Pages a document, to its weight.
        first: Kinds of a document's first page, to their weights.
        later: Kinds of its other pages.
        bare: Share of the pages that nobody has written on.
        eras: What they were written with, to its weight.
        typed: Share of the documents whose fields are filled in by machine.
        faxed: Share of the documents with a fax machine's line at the top.
        long_side: Pages are so large, in pixels, from and to.
        scanner: Chances of the steps of ``scanner.STEPS``.
        dirt: Share of the pages with holes, edges, specks.
        skew: Standard deviation of how crooked a page lies, in degrees.
        most: At most so many boxes a page.
        counts: Boxes by joined label on ``pages`` pages.
        deal: Joined label, or a label of it, to how it is dealt.
    """

    name: str
    about: str
    pages: int = Field(gt=0)
    documents: dict[int, float]
    first: dict[str, float]
    later: dict[str, float]
    bare: float = Field(ge=0, lt=1)
    eras: dict[str, float]
    typed: float = Field(default=0.3, ge=0, le=1)
    faxed: float = Field(default=0.1, ge=0, le=1)
    long_side: tuple[int, int] = (950, 1250)
    scanner: dict[str, float]
    dirt: float = Field(default=0.5, ge=0, le=1)
    skew: float = 0.5
    most: int = 20
    counts: dict[str, int]
    deal: dict[str, Deal] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_complete(self) -> Family:
        for what, weights in (
            ("documents", self.documents),
            ("first", self.first),
            ("later", self.later),
            ("eras", self.eras),
        ):
            if not weights or min(weights.values()) < 0 or sum(weights.values()) <= 0:
                raise ValueError(f"{what} needs weights, none below 0 and one over 0")
        if min(self.documents) < 1 or min(self.counts.values(), default=1) < 0:
            raise ValueError("documents have a page at least, and counts are not below 0")
        for what, names, known in (
            ("kind", {*self.first, *self.later, *(k for d in self.deal.values() for k in d.kinds)}, set(EVERY_KIND)),
            ("era", set(self.eras), set(ERAS)),
            ("step", set(self.scanner), {step.__name__ for step, _ in STEPS}),
            ("label", {name for joined in self.counts for name in joined.split(JOIN)}, {*LABELS, *SPELLINGS}),
        ):
            if names - known:
                raise ValueError(f"unknown {what} {min(names - known)}; known are {', '.join(sorted(known))}")
        return self

    def rule_name(self, joined: str) -> str:
        """Under which name a combination is dealt: its own, or that of its first label that has a rule; else none."""
        return next((name for name in (joined, *joined.split(JOIN)) if name in self.deal), "")

    def rule(self, joined: str) -> Deal:
        """How a combination of labels is dealt."""
        return self.deal.get(self.rule_name(joined), Deal())

    def called(self, name: str) -> Family:
        """The same family under another name, which makes other pages."""
        return self.model_copy(update={"name": name})

    @classmethod
    def load(cls, name: str) -> Family:
        """A family that ships, or one of your own in YAML.

        Raises:
            DocmarksError: There is none of that name, or its file is wrong.
        """
        file = Path(name) if name.endswith((".yaml", ".yml")) else FAMILIES / f"{name}.yaml"
        try:
            data = yaml.safe_load(file.read_text(encoding="utf-8"))
            return cls.model_validate(data)
        except (FileNotFoundError, IsADirectoryError) as error:
            raise DocmarksError(f"{name}: no such family of documents; choose from {', '.join(names())}") from error
        except (OSError, UnicodeDecodeError) as error:
            raise DocmarksError(f"{file}: cannot be read ({error}); check the file") from error
        except (yaml.YAMLError, RecursionError) as error:
            raise DocmarksError(f"{file}: not readable as YAML: {str(error).splitlines()[0]}") from error
        except ValidationError as error:
            raise DocmarksError(f"{file}: {first_problem(error, cls, 'family')}") from error


class Part(Strict):
    """So many pages of a family; a family may come twice, under other names."""

    name: str
    family: str
    pages: int = Field(gt=0)


class Mixture(Strict):
    """Several families as one corpus."""

    name: str
    about: str
    parts: tuple[Part, ...]

    @property
    def pages(self) -> int:
        """Of all parts."""
        return sum(part.pages for part in self.parts)


def load_mixture(name: str) -> Mixture:
    """A mixture that ships."""
    return Mixture.model_validate(yaml.safe_load((FAMILIES / f"{name}.yaml").read_text(encoding="utf-8")))


MIXTURES = ("all-docs",)


def names() -> tuple[str, ...]:
    """All families that ship, mixtures last."""
    single = sorted(path.stem for path in FAMILIES.glob("*.yaml") if path.stem not in MIXTURES)
    return (*single, *MIXTURES)


def apportion(shares: Mapping[str, float], total: int) -> dict[str, int]:
    """``total`` things dealt in proportion, by the largest remainder; the first of equals comes first.

    With a total that is the sum of whole shares, each share is met exactly.
    """
    whole = sum(shares.values())
    if whole <= 0:
        return dict.fromkeys(shares, 0)
    exact = {name: share * total / whole for name, share in shares.items()}
    dealt = {name: int(value) for name, value in exact.items()}
    order = sorted(exact, key=lambda name: dealt[name] - exact[name])
    for name in order[: total - sum(dealt.values())]:
        dealt[name] += 1
    return dealt
