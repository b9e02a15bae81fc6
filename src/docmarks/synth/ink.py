"""Ink: handwriting as strokes, from files or from the built-in pen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from docmarks.errors import DocmarksError
from docmarks.synth.penmanship import builtin_words, skeleton

Stroke = NDArray[np.float32]
"""``[n, 3]``: x and y (down), pressure in 0..1."""

FILES = {"signatures": "signatures_*.npz", "words": "words_*.npz", "digits": "digits_*.npz"}
"""Which files of an ink folder hold which kind of item."""


@dataclass(frozen=True)
class Ink:
    """One written thing, a unit high.

    Attributes:
        strokes: From pen down to pen up.
        text: What it says, where known.
    """

    strokes: tuple[Stroke, ...]
    text: str = ""

    @property
    def width(self) -> float:
        """Against a height of 1."""
        return max(float(stroke[:, 0].max()) for stroke in self.strokes)

    def shifted(self, x: float) -> Ink:
        """The same, moved to the right."""
        return Ink(tuple(stroke + np.array([x, 0, 0], np.float32) for stroke in self.strokes), self.text)


class InkFile:
    """Items of one npz file, cut out as they are asked for.

    The file holds ``points`` (x, y down, pressure 0..255, all integers; an item is 1000 high), ``stroke_offsets``
    that cut points into strokes, ``item_offsets`` that cut strokes into items, and ``texts``.
    """

    def __init__(self, path: Path) -> None:
        """Reads the arrays.

        Raises:
            DocmarksError: The file is not of this form.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                self._points, self._strokes, self._items = (
                    data[name] for name in ("points", "stroke_offsets", "item_offsets")
                )
                self._texts = data["texts"] if "texts" in data else None
        except (OSError, ValueError, KeyError) as error:
            raise DocmarksError(f"{path}: not an ink file ({error})") from error

    def __len__(self) -> int:
        """How many items."""
        return len(self._items) - 1

    def __getitem__(self, index: int) -> Ink:
        """Item ``index``, a unit high."""
        strokes = []
        for s in range(self._items[index], self._items[index + 1]):
            points = self._points[self._strokes[s] : self._strokes[s + 1]].astype(np.float32)
            if len(points):
                strokes.append(points / np.array([1000, 1000, 255], np.float32))
        text = str(self._texts[index]) if self._texts is not None and len(self._texts) > index else ""
        return upright(strokes, text)


def upright(strokes: Sequence[Stroke], text: str = "") -> Ink:
    """Strokes moved to the origin and scaled to a height of 1."""
    every = np.concatenate(list(strokes))
    low, high = every[:, :2].min(axis=0), every[:, :2].max(axis=0)
    scale = 1 / max(float(high[1] - low[1]), 1e-3, float(high[0] - low[0]) / 20)
    moved = [np.column_stack(((stroke[:, :2] - low) * scale, stroke[:, 2])).astype(np.float32) for stroke in strokes]
    return Ink(tuple(moved), text)


class InkLibrary:
    """Where ink comes from, by what it is for."""

    def __init__(self, signatures: Sequence[Ink], words: Sequence[Ink], digits: Sequence[Ink]) -> None:
        """Sequences that are drawn from; ``digits`` are single ones with their text."""
        self.signatures, self.words = signatures, words
        self._digits: dict[str, list[int]] = {}
        self._digit_items = digits
        for index in range(len(digits)):
            self._digits.setdefault(digits[index].text, []).append(index)

    @classmethod
    def load(cls, folder: Path) -> InkLibrary:
        """The ink files of a folder; a kind without a file comes from the built-in pen.

        Raises:
            DocmarksError: The folder is missing or a file is broken.
        """
        if not folder.is_dir():
            raise DocmarksError(f"{folder}: no such folder of ink files")
        found = {kind: [InkFile(path) for path in sorted(folder.glob(pattern))] for kind, pattern in FILES.items()}
        own = cls.builtin()
        return cls(
            Joined(found["signatures"]) if found["signatures"] else own.signatures,
            Joined(found["words"]) if found["words"] else own.words,
            Joined(found["digits"]) if found["digits"] else own._digit_items,
        )

    @classmethod
    def builtin(cls) -> InkLibrary:
        """Ink of our own making: cursive waves for words and signatures, skeletons for digits and capitals."""
        words = [upright(strokes) for strokes in builtin_words(400, seed=1, capital=False)]
        signatures = [upright(strokes) for strokes in builtin_words(300, seed=2, capital=True)]
        digits = [upright(skeleton(d), d) for d in "0123456789"]
        return cls(signatures, words, digits)

    def signature(self, rng: np.random.Generator) -> Ink:
        """A signature."""
        return self.signatures[int(rng.integers(len(self.signatures)))]

    def word(self, rng: np.random.Generator) -> Ink:
        """A word."""
        return self.words[int(rng.integers(len(self.words)))]

    def initials(self, rng: np.random.Generator) -> Ink:
        """Two or three letters, or the beginning of a signature."""
        if rng.random() < 0.6:
            letters = rng.choice(list("ABCDEFGHIJKLMNOPRSTVW"), int(rng.integers(2, 4)))
            return self._row([upright(skeleton(letter), letter) for letter in letters], rng, (-0.15, 0.2))
        whole = self.signature(rng)
        if len(whole.strokes) > 1:
            return upright(whole.strokes[: max(1, len(whole.strokes) // 3)])
        stroke = whole.strokes[0]
        return upright([stroke[: max(8, len(stroke) // 4)]])

    def number(self, text: str, rng: np.random.Generator) -> Ink:
        """Digits and slashes, dashes, dots: a date or an amount."""
        parts = []
        for character in text:
            if character in self._digits:
                chosen = self._digits[character]
                parts.append(self._digit_items[chosen[int(rng.integers(len(chosen)))]])
            else:
                parts.append(upright_mark(character))
        return self._row(parts, rng, (0.05, 0.25))

    def line(self, width: float, rng: np.random.Generator) -> Ink:
        """Words until the line is about ``width`` heights long."""
        parts = [self.word(rng)]
        while sum(part.width + 0.4 for part in parts) < width and len(parts) < 12:
            parts.append(self.word(rng))
        return self._row(parts, rng, (0.25, 0.6))

    @staticmethod
    def _row(parts: Sequence[Ink], rng: np.random.Generator, gap: tuple[float, float]) -> Ink:
        strokes: list[Stroke] = []
        x = 0.0
        for part in parts:
            drop = float(rng.normal(0, 0.05))
            strokes.extend(stroke + np.array([x, drop, 0], np.float32) for stroke in part.strokes)
            x += part.width + float(rng.uniform(*gap))
        return upright(strokes, " ".join(part.text for part in parts))


class Joined(Sequence[Ink]):
    """Several ink files as one sequence."""

    def __init__(self, files: Sequence[InkFile]) -> None:
        """In their order."""
        self._files = files
        self._ends = np.cumsum([len(file) for file in files])

    def __len__(self) -> int:
        """Items of all files."""
        return int(self._ends[-1])

    def __getitem__(self, index: int) -> Ink:  # type: ignore[override]
        """Item ``index``, counted through."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        file = int(np.searchsorted(self._ends, index, side="right"))
        return self._files[file][index - (int(self._ends[file - 1]) if file else 0)]


def upright_mark(character: str) -> Ink:
    """A slash, dash, dot or blank as ink."""
    lines = {
        "/": [(0.35, 0.0), (0.0, 1.0)],
        "-": [(0.0, 0.5), (0.4, 0.5)],
        ".": [(0.0, 0.95), (0.05, 1.0)],
        " ": [(0.0, 1.0), (0.01, 1.0)],
    }
    points = np.array(lines.get(character, lines["."]), np.float32)
    return Ink((np.column_stack((points, np.full(2, 0.7, np.float32))),), character)
