"""Hands out of font files: a handwriting font, written by a pen along the middle of its strokes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from docmarks.errors import DocmarksError
from docmarks.synth.handwriting.centre_line import centre_lines
from docmarks.synth.handwriting.hand import around, flourish
from docmarks.synth.handwriting.penmanship import Points, with_pressure
from docmarks.synth.handwriting.strokes import Ink, upright
from docmarks.synth.printed.lettering import is_drawn, load_font, missing_glyph

TRACED = 96
"""Pixels an em at which letters are traced."""


class FontHand:
    """Writes as a font does; never twice the same.

    Attributes:
        path: Of the font.
        pace: How far a character takes it, in heights of a line.
    """

    def __init__(self, path: Path) -> None:
        """``path``: a TrueType, OpenType or WOFF2 file.

        Raises:
            DocmarksError: The file is no font, or has no small letters.
        """
        self.path = path
        self._font = load_font(path, TRACED)
        self._known: dict[str, tuple[list[Points], float]] = {}
        self._missing = missing_glyph(self._font)
        if not is_drawn(self._font, "a", self._missing):
            raise DocmarksError(f"{path}: a font without letters; take it out of the folder of hands")
        self.pace = self._font.getlength("nine letters") / 12 / TRACED

    def write(self, text: str, rng: np.random.Generator) -> Ink:
        """Writes a text; characters that the font lacks are left out."""
        return upright([with_pressure(path) for path in self._paths(text, rng, 0.04)], text)

    def sign(self, name: str, rng: np.random.Generator) -> Ink:
        """Signs: in haste, close together, at times a stroke under it all."""
        paths = self._paths(name, rng, 0.08, float(rng.uniform(0.75, 1.0)))
        if rng.random() < 0.45:
            paths.append(flourish(paths, rng))
        return upright([with_pressure(path) for path in paths], name).bent(rng, 0.08)

    def initials(self, letters: str, rng: np.random.Generator) -> Ink:
        """Letters close together, at times run over each other or circled."""
        text = letters.lower() if rng.random() < 0.15 else letters
        paths = self._paths(text, rng, 0.08, float(rng.uniform(0.55, 1.05)))
        if rng.random() < 0.12:
            paths.append(around(paths, rng))
        elif rng.random() < 0.2:
            paths.append(flourish(paths, rng))
        return upright([with_pressure(path) for path in paths], letters).bent(rng, 0.06)

    def _paths(self, text: str, rng: np.random.Generator, stray: float, tightness: float = 1.0) -> list[Points]:
        """Paths in heights of a small letter, as a hand's are: letters jump and differ a little."""
        squeeze, gap = float(rng.uniform(0.8, 1.25)), float(rng.uniform(0.7, 1.8))
        found: list[Points] = []
        x = 0.0
        for i, character in enumerate(text):
            paths, advance = self._glyph(character)
            if character == " ":
                x += advance * gap
                continue
            grow = float(1 + rng.normal(0, stray))
            at = (x, float(rng.normal(0, stray * 0.25)))
            found.extend((path * grow + at) * (squeeze, 1.0) for path in paths)
            x += advance * grow * tightness + self._kerning(text[i : i + 2])
        return found or [np.array([[0.0, 0.0], [0.4, 0.0]])]

    def _kerning(self, pair: str) -> float:
        if len(pair) < 2:
            return 0.0
        return (self._font.getlength(pair) - sum(self._font.getlength(c) for c in pair)) / (TRACED / 2)

    def _glyph(self, character: str) -> tuple[list[Points], float]:
        """The strokes of a character, its baseline at 0, and how far the next one is."""
        if character not in self._known:
            self._known[character] = self._traced(character)
        return self._known[character]

    def _traced(self, character: str) -> tuple[list[Points], float]:
        unit = TRACED / 2  # about the height of a small letter
        advance = self._font.getlength(character) / unit
        if not is_drawn(self._font, character, self._missing):
            return [], advance
        mask = self._font.getmask(character)
        width, height = mask.size
        corner = np.array(self._font.getbbox(character, anchor="ls")[:2])
        filled = np.asarray(mask, np.uint8).reshape(height, width) > 127
        return [(path + corner) / unit for path in centre_lines(filled)], advance
