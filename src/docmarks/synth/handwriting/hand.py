"""A hand of our own: writes any text, joined or in capitals, and signs."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from docmarks.synth.handwriting.letters import AFTERWARDS, CURSIVE, SKELETONS
from docmarks.synth.handwriting.penmanship import Points, smooth, with_pressure
from docmarks.synth.handwriting.strokes import Ink, upright

CAPITAL = 2.0
"""How high a capital is, in heights of a small letter."""


@dataclass(frozen=True)
class Hand:
    """How somebody writes.

    Attributes:
        slant: To the right, a unit up.
        squeeze: Width of the letters.
        wobble: How far the pen strays, in heights of a small letter.
        printed: Whether the letters stand apart, small ones as smaller capitals.
        haste: 0..1: how far the letters of a word melt into a wave.
        capital: Size of capitals.
        gap: Between words, in heights of a small letter.
    """

    slant: float = 0.2
    squeeze: float = 1.0
    wobble: float = 0.04
    printed: bool = False
    haste: float = 0.0
    capital: float = 1.0
    gap: float = 0.8

    @classmethod
    def random(cls, rng: np.random.Generator) -> Hand:
        """Somebody."""
        return cls(
            float(rng.normal(0.2, 0.22)),
            float(rng.uniform(0.7, 1.35)),
            float(rng.uniform(0.02, 0.08)),
            bool(rng.random() < 0.45),
            float(rng.uniform(0, 0.45)),
            float(rng.uniform(0.85, 1.2)),
            float(rng.uniform(0.4, 1.0)),
        )

    @property
    def pace(self) -> float:
        """How far a character takes the hand, in heights of a line."""
        return 0.42 if self.printed else 0.3

    def write(self, text: str, rng: np.random.Generator) -> Ink:
        """Writes a text; characters that the hand does not know are left out."""
        return upright([with_pressure(path) for path in self._paths(text, rng)], text)

    def sign(self, name: str, rng: np.random.Generator) -> Ink:
        """Signs: large capitals, the rest in haste, at times a stroke under it all."""
        signer = replace(
            self,
            printed=False,
            haste=float(rng.uniform(0.15, 0.95)),
            capital=float(rng.uniform(1.1, 2.0)),
            gap=float(rng.uniform(-0.3, 0.5)),
        )
        paths = signer._paths(name, rng)
        if rng.random() < 0.45:
            paths.append(flourish(paths, rng))
        return upright([with_pressure(path) for path in paths], name)

    def initials(self, letters: str, rng: np.random.Generator) -> Ink:
        """Capitals close together, at times run over each other or circled."""
        signer = replace(self, capital=float(rng.uniform(0.9, 1.3)), haste=0.0)
        paths: list[Points] = []
        x = 0.0
        for letter in letters:
            drawn, advance = signer._capital(letter, x, rng)
            paths.extend(drawn)
            x += advance * float(rng.uniform(0.5, 1.05))
        paths = [signer._slanted(path) for path in paths]
        if rng.random() < 0.35:
            paths = [smooth(np.vstack([path[::3] for path in paths]), 4)]  # without lifting the pen
        if rng.random() < 0.15:
            paths.append(around(paths, rng))
        elif rng.random() < 0.2:
            paths.append(flourish(paths, rng))
        return upright([with_pressure(path) for path in paths], letters)

    def _paths(self, text: str, rng: np.random.Generator) -> list[Points]:
        paths: list[Points] = []
        x = 0.0
        for word in text.split():
            drawn, x = self._word(word, x, rng)
            paths.extend(drawn)
            x += self.gap
        slanted = [self._slanted(path) for path in paths]
        return slanted or [np.array([[0.0, 0.0], [0.4, 0.0]])]

    def _word(self, word: str, x: float, rng: np.random.Generator) -> tuple[list[Points], float]:
        paths: list[Points] = []
        joined: list[Points] = []
        later: list[Points] = []
        for place, character in enumerate(word):
            if character in CURSIVE and not self.printed:
                shape = np.add(self._small(character, place, rng), (x, 0))
                joined.append(shape[:-1])
                if character in AFTERWARDS and rng.random() > self.haste * 0.7:
                    later.append(np.add(self._strayed(np.array(AFTERWARDS[character]), rng), (x, 0)))
                x = float(shape[-1, 0])
                if rng.random() > 0.12:
                    continue
            if joined:  # the pen is lifted
                paths.append(smooth(np.vstack(joined), 4))
                joined = []
            if character in CURSIVE and not self.printed:
                continue
            drawn, advance = self._capital(character, x, rng)
            paths.extend(drawn)
            x += advance
        if joined:
            paths.append(smooth(np.vstack(joined), 4))
        return paths + later, x

    def _small(self, character: str, place: int, rng: np.random.Generator) -> Points:
        shape = self._strayed(np.array(CURSIVE[character]), rng) * (self.squeeze, 1.0)
        melted = self.haste * min(1.0, place / 3)
        if melted > 0.5 and len(shape) > 5:
            shape = np.vstack((shape[:-1:2], shape[-1:]))
        return shape * (1 + 0.3 * melted, 1 - 0.55 * melted)

    def _capital(self, character: str, x: float, rng: np.random.Generator) -> tuple[list[Points], float]:
        strokes = SKELETONS.get(character.upper())
        if strokes is None:
            return [], 0.0
        small = self.printed and character.islower()
        high = CAPITAL * (0.75 if small else self.capital)
        size = np.array([high * 0.09 * self.squeeze, high / 10])
        at = np.array([x, -high])
        drawn = [
            smooth(self._strayed(np.array(stroke) * size + at, rng), 4 if len(stroke) > 2 else 1) for stroke in strokes
        ]
        wide = max(float(np.max(np.array(stroke)[:, 0])) for stroke in strokes) * float(size[0])
        return drawn, wide + float(rng.uniform(0.15, 0.4))

    def _strayed(self, points: Points, rng: np.random.Generator) -> Points:
        return points + rng.normal(0, self.wobble, points.shape)

    def _slanted(self, path: Points) -> Points:
        return path @ np.array([[1, 0], [-self.slant, 1]])


def flourish(paths: list[Points], rng: np.random.Generator) -> Points:
    """A stroke under the word, or a long one after it."""
    every = np.vstack(paths)
    (x0, _), (x1, y1) = every.min(axis=0), every.max(axis=0)
    wide, end = x1 - x0, paths[-1][-1]
    if rng.random() < 0.5:
        away = np.add(end, (wide * rng.uniform(0.2, 0.6), rng.uniform(-0.5, 0.3)))
        return smooth(np.vstack((end, np.add((end + away) / 2, (0, rng.uniform(-0.3, 0.3))), away)), 6)
    low = y1 + rng.uniform(-0.4, 0.4)
    back = [(end[0], end[1]), (x1, low), (x0 + rng.uniform(-0.1, 0.4) * wide, low + rng.uniform(-0.2, 0.3))]
    return smooth(np.array([*back, (x1 + rng.uniform(-0.4, 0.3) * wide, low - rng.uniform(-0.2, 0.4))]), 6)


def around(paths: list[Points], rng: np.random.Generator) -> Points:
    """A ring, or more than one, about it all."""
    every = np.vstack(paths)
    low, high = every.min(axis=0), every.max(axis=0)
    turn = np.linspace(0, 2 * np.pi * float(rng.uniform(1, 2.6)), 28) + float(rng.uniform(0, 6))
    reach = (high - low) / 2 * rng.uniform(0.9, 1.4, 2) * (1 + 0.1 * np.sin(turn * 0.6))[:, None]
    return (low + high) / 2 + np.column_stack((np.cos(turn), np.sin(turn))) * reach
