"""The few people who write on one document: each has one signature, one set of initials and one hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from docmarks.synth.ink.library import Ink, InkSource, Writer

PEOPLE = 4
"""Who write on one document."""

HANDS = 0.5
"""So much of a document's writing is one of two hands; the rest is anybody's."""


class Writers:
    """Ink of a document's people; what they write twice looks alike, never the same."""

    def __init__(self, ink: InkSource, seed: int) -> None:
        """Whose ink they write with."""
        self._ink, self._seed = ink, seed
        self.stamps = ink.stamps

    def hand(self, rng: np.random.Generator) -> Writer:
        """One of their two hands."""
        return self._ink.hand(np.random.default_rng((self._seed, 2, int(rng.integers(2)))))

    def signature(self, rng: np.random.Generator) -> Ink:
        """One of their signatures."""
        return self._again(0, self._ink.signature, rng)

    def initials(self, rng: np.random.Generator) -> Ink:
        """One of their initials."""
        return self._again(1, self._ink.initials, rng)

    def word(self, rng: np.random.Generator) -> Ink:
        """A word of anybody's."""
        return self._ink.word(rng)

    def text(self, text: str, rng: np.random.Generator) -> Ink:
        """A text in one of two hands, mostly."""
        if rng.random() < HANDS:
            return self.hand(rng).write(text, rng)
        return self._ink.text(text, rng)

    def number(self, text: str, rng: np.random.Generator) -> Ink:
        """Digits in one of two hands, mostly."""
        if rng.random() < HANDS:
            return self.hand(rng).write(text, rng)
        return self._ink.number(text, rng)

    def line(self, width: float, rng: np.random.Generator) -> Ink:
        """A line of anybody's."""
        return self._ink.line(width, rng)

    def _again(self, what: int, make: Callable[[np.random.Generator], Ink], rng: np.random.Generator) -> Ink:
        person = int(rng.integers(PEOPLE))
        return make(np.random.default_rng((self._seed, what, person))).bent(rng, 0.03)
