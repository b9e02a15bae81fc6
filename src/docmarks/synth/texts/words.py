"""Words for printed pages."""

from __future__ import annotations

import itertools

import numpy as np

from docmarks.synth.texts.dates import MONTHS

NOUNS = (
    "lessor lessee premises agreement tenant landlord building space term rent government notice party section "
    "exhibit amendment property office floor parking utilities maintenance insurance contract invoice account payment "
    "delivery order item quantity balance report survey sample product market program budget committee director "
    "department material process study result test analysis meeting schedule letter copy file record application form "
    "taxpayer income deduction credit return statement employee employer benefit claim policy address number"
).split()  # fmt: skip
VERBS = (
    "shall may will must provides requires includes covers applies begins ends terminates pays receives delivers "
    "accepts approves confirms encloses describes states shows agrees warrants occupies repairs notifies submits signs"
).split()
LINKS = (
    "the a this such any all of to for with under upon within by in at from and or not prior subject said each".split()
)
FIRMS = (
    "Northgate Properties, LLC", "Continental Supply Co.", "General Services Office", "Lakeshore Development Corp.",
    "Meridian Tobacco Company", "Harbor & Finch, P.C.", "First Union Realty", "Department of Revenue",
    "Blue Ridge Foods",
)  # fmt: skip
PLACES = (
    "Richmond, Virginia 23219",
    "Boise, ID 83702",
    "New York, NY 10017",
    "Austin, Texas 78701",
    "Denver, CO 80202",
)


def phrase(rng: np.random.Generator, n: int) -> str:
    """So many words that read like business prose from afar."""
    pools = (LINKS, NOUNS, VERBS, LINKS, LINKS, NOUNS)
    chosen = rng.random(n)
    return " ".join(pool[int(at * len(pool))] for at, pool in zip(chosen, itertools.cycle(pools), strict=False))


def paragraph(rng: np.random.Generator, sentences: int) -> str:
    """Sentences with capitals and full stops."""
    made = (phrase(rng, int(rng.integers(6, 18))) for _ in range(sentences))
    return " ".join(sentence[0].upper() + sentence[1:] + "." for sentence in made)


def date(rng: np.random.Generator) -> str:
    """A typed date."""
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(12)), int(rng.integers(1955, 2026))
    return f"{MONTHS[month]} {day}, {year}" if rng.random() < 0.7 else f"{month + 1:02d}/{day:02d}/{year}"


def pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    """One of them."""
    return str(rng.choice(np.array(options, dtype=object)))
