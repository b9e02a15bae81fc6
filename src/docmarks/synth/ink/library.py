"""Where ink comes from: signatures, initials, words, digits and lines, from files or from a hand of our own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from docmarks.errors import DocmarksError
from docmarks.synth.handwriting.hand import Hand
from docmarks.synth.handwriting.ink_file import InkFile, Joined
from docmarks.synth.handwriting.strokes import Ink, Stroke, row, upright
from docmarks.synth.ink.font_hand import FontHand
from docmarks.synth.ink.stamps import STANDARD, Stamps
from docmarks.synth.printed.lettering import TYPEFACES, fonts_in, load_font
from docmarks.synth.printed.pictures import pictures_in
from docmarks.synth.printed.symbols import SymbolFont
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import people
from docmarks.synth.texts.dates import MONTHS

__all__ = ["Ink", "InkFile", "InkLibrary", "InkSource", "Stroke", "Writer"]

FILES = {"signatures": "signatures_*.npz", "words": "words_*.npz", "digits": "digits_*.npz"}
"""Which files of an ink folder hold which kind of item."""

OWN_SHARE = 0.35
"""So much of the ink is our own hand's even where files are given: they hold few writers."""

FONT_SHARE = 0.75
"""So much of what no file holds is written in handwriting fonts, where there are any: our own hand is but one."""


class Drawn(Sequence[Ink]):
    """Items that are drawn when asked for; item i is always the same."""

    def __init__(self, count: int, seed: int, draw: Callable[[int, np.random.Generator], Ink]) -> None:
        """``draw`` gets the item's number and a generator of its own."""
        self._count, self._seed, self._draw = count, seed, draw

    def __len__(self) -> int:
        """How many."""
        return self._count

    def __getitem__(self, index: int) -> Ink:  # type: ignore[override]
        """Item ``index``."""
        if not 0 <= index < self._count:
            raise IndexError(index)
        return self._draw(index, np.random.default_rng((self._seed, index)))


class Writer(Protocol):
    """A hand that can write any text."""

    @property
    def pace(self) -> float:
        """How far a character takes it, in heights of a line."""

    def write(self, text: str, rng: np.random.Generator) -> Ink:
        """Writes a text."""

    def sign(self, name: str, rng: np.random.Generator) -> Ink:
        """Signs with a name."""

    def initials(self, letters: str, rng: np.random.Generator) -> Ink:
        """Signs with two or three letters."""


class InkSource(Protocol):
    """Whoever writes: anybody, as an ``InkLibrary``, or the few people of one document."""

    @property
    def stamps(self) -> Stamps:
        """Who stamps."""

    def hand(self, rng: np.random.Generator) -> Writer:
        """Somebody who writes what is asked."""

    def signature(self, rng: np.random.Generator) -> Ink:
        """A signature."""

    def initials(self, rng: np.random.Generator) -> Ink:
        """Initials."""

    def word(self, rng: np.random.Generator) -> Ink:
        """A word."""

    def text(self, text: str, rng: np.random.Generator) -> Ink:
        """A text of your choice."""

    def number(self, text: str, rng: np.random.Generator) -> Ink:
        """Digits and signs."""

    def line(self, width: float, rng: np.random.Generator) -> Ink:
        """Words, about ``width`` heights long."""


class InkLibrary:
    """Ink, by what it is for.

    Attributes:
        source: Whose ink it is.
        signatures, words: Sequences that are drawn from.
        hands: Handwriting fonts.
        case: What logos and headings are printed with.
        stamps: Who stamps, with the same.
    """

    def __init__(
        self,
        signatures: Sequence[Ink],
        words: Sequence[Ink],
        digits: Sequence[Ink],
        source: str = "own hand",
        own_share: float = OWN_SHARE,
        hands: Sequence[FontHand] = (),
        case: TypeCase = STANDARD,
    ) -> None:
        """``digits`` are single ones with their text; so much of the writing is ``own_share`` that no file holds."""
        self.source = source
        self.signatures, self.words = signatures, words
        self.hands, self.case, self.stamps = hands, case, Stamps(case)
        self._own_share = own_share
        self._digits: dict[str, list[int]] = {}
        self._digit_items = digits
        for index in range(len(digits)):
            text = digits.text(index) if isinstance(digits, Joined) else digits[index].text
            self._digits.setdefault(text, []).append(index)

    @classmethod
    def load(cls, folder: Path) -> InkLibrary:
        """The ink files of a folder, the fonts of its folders ``hands``, ``type``, ``symbols``, and its ``pictures``.

        A kind without a file comes from our own hand, or from the fonts.

        Raises:
            DocmarksError: The folder is missing or a file is broken.
        """
        if not folder.is_dir():
            raise DocmarksError(f"{folder}: no such folder of ink files; name one, or leave it out for the own hand")
        found = {kind: [InkFile(path) for path in sorted(folder.glob(pattern))] for kind, pattern in FILES.items()}
        own = cls.builtin()
        hands, faces, symbols = (fonts_in(folder / kind) for kind in ("hands", "type", "symbols"))
        for face in faces:
            load_font(face, 20)
        pictures = pictures_in(folder / "pictures")
        files = [path for pattern in FILES.values() for path in sorted(folder.glob(pattern))]
        source = " ".join(f"{path.name}:{path.stat().st_size}" for path in (*files, *hands, *faces, *symbols))
        if pictures:
            source += f" {len(pictures)} pictures:{sum(picture.path.stat().st_size for picture in pictures)}"
        return cls(
            Joined(found["signatures"]) if found["signatures"] else own.signatures,
            Joined(found["words"]) if found["words"] else own.words,
            Joined(found["digits"]) if found["digits"] else own._digit_items,
            source,
            hands=[FontHand(path) for path in hands],
            case=TypeCase((*TYPEFACES, *faces), [SymbolFont(path) for path in symbols], pictures),
        )

    @classmethod
    def of(cls, folder: Path | None) -> InkLibrary:
        """That of a folder, as ``load``; without one the built-in pen."""
        return cls.builtin() if folder is None else cls.load(folder)

    @classmethod
    def builtin(cls) -> InkLibrary:
        """Ink of our own making only: 400 words, 300 signatures and 20 of each digit, each in its own hand."""
        return cls(
            Drawn(300, 2, _own_signature),
            Drawn(400, 1, _own_word),
            [Hand(printed=True, wobble=0.07).write(str(i % 10), np.random.default_rng((3, i))) for i in range(200)],
        )

    def hand(self, rng: np.random.Generator) -> Writer:
        """A handwriting font, or our own hand."""
        if self.hands and rng.random() < FONT_SHARE:
            return self.hands[int(rng.integers(len(self.hands)))]
        return Hand.random(rng)

    def signature(self, rng: np.random.Generator) -> Ink:
        """A signature."""
        source = rng.random()
        if source < self._own_share:
            return self.hand(rng).sign(people.name(rng), rng)
        if source < self._own_share + 0.1:
            return self._composed(rng)
        return self.signatures[int(rng.integers(len(self.signatures)))].bent(rng)

    def word(self, rng: np.random.Generator) -> Ink:
        """A word."""
        if rng.random() < self._own_share:
            return self.hand(rng).write(_word(rng), rng)
        return self.words[int(rng.integers(len(self.words)))].bent(rng, 0.04)

    def text(self, text: str, rng: np.random.Generator) -> Ink:
        """A text of your choice."""
        return self.hand(rng).write(text, rng)

    def initials(self, rng: np.random.Generator) -> Ink:
        """Two or three letters, or the beginning of a signature."""
        if rng.random() < 0.65:
            return self.hand(rng).initials(people.initials(rng), rng)
        whole = self.signature(rng)
        if len(whole.strokes) > 1:
            return upright(whole.strokes[: max(1, len(whole.strokes) // 3)])
        stroke = whole.strokes[0]
        return upright([stroke[: max(8, len(stroke) // 4)]])

    def number(self, text: str, rng: np.random.Generator) -> Ink:
        """Digits and slashes, dashes, dots: a date or an amount."""
        if rng.random() < self._own_share:
            return self.hand(rng).write(text, rng)
        parts = []
        for character in text:
            if character in self._digits:
                chosen = self._digits[character]
                parts.append(self._digit_items[chosen[int(rng.integers(len(chosen)))]])
            elif character != " ":
                parts.append(_sign(character))
        return upright(row(parts, rng, (0.05, 0.25)).strokes, text)

    def line(self, width: float, rng: np.random.Generator) -> Ink:
        """Words of one hand until the line is about ``width`` heights long."""
        if rng.random() < self._own_share:
            return of_length(self.hand(rng), width, rng)
        parts = [self.word(rng)]
        while sum(part.width + 0.4 for part in parts) < width and len(parts) < 12:
            parts.append(self.word(rng))
        return row(parts, rng, (0.25, 0.6))

    def _composed(self, rng: np.random.Generator) -> Ink:
        """A capital or two and a word of the files, run together like a name."""
        capitals = self.hand(rng).initials(people.initials(rng)[: int(rng.integers(1, 3))], rng)
        word = self.words[int(rng.integers(len(self.words)))]
        for _ in range(4):  # files of words hold numbers too, with which nobody signs
            if not any(character.isdigit() for character in word.text):
                break
            word = self.words[int(rng.integers(len(self.words)))]
        return row([capitals, word.bent(rng, 0.08)], rng, (-0.3, 0.1))


def of_length(hand: Writer, width: float, rng: np.random.Generator) -> Ink:
    """Remarks in one hand until the line is about ``width`` heights long."""
    text = people.note(rng)
    while (len(text) + 8) * hand.pace < width and len(text) < 60:
        text += " " + people.note(rng)
    return hand.write(text, rng)


def _own_signature(_: int, rng: np.random.Generator) -> Ink:
    return Hand.random(rng).sign(people.name(rng), rng)


def _own_word(_: int, rng: np.random.Generator) -> Ink:
    return Hand.random(rng).write(_word(rng), rng)


def _word(rng: np.random.Generator) -> str:
    pools = (people.FIRST, people.LAST, people.NOTES, MONTHS, people.TITLES)
    return str(rng.choice(str(rng.choice(pools[int(rng.integers(len(pools)))])).split()))


def _sign(character: str) -> Ink:
    """A slash, dash, comma or dot between digits."""
    lines = {"/": [(0.35, 0.0), (0.0, 1.0)], "-": [(0.0, 0.5), (0.4, 0.5)], ",": [(0.08, 0.9), (0.0, 1.1)]}
    points = np.array(lines.get(character, [(0.0, 0.95), (0.05, 1.0)]), np.float32)
    return Ink((np.column_stack((points, np.full(2, 0.7, np.float32))),), character)
