"""Handwritten marks: signature, initials, a line of handwriting, a note of several lines, a date."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from docmarks.runtime.nms import iou_with
from docmarks.synth.handwriting.pen import Mask, Pen
from docmarks.synth.handwriting.strokes import Stroke, row
from docmarks.synth.ink.library import Ink, InkSource, of_length
from docmarks.synth.texts import dates, people

NUMERALS = "0123456789/-."
"""What a number is written of."""

ASLANT = 0.15
"""Of the notes of several lines, those whose lines run uphill or downhill, one under the other."""

TOLD_APART = 0.4
"""Lines whose boxes overlap more (IoU) are one mark: no detector gives two boxes there."""

PARAPHS = 0.12
"""Of the signatures that have a place of their own, those of a letter or two."""


def signature(ink: InkSource, rng: np.random.Generator, width: float | None = None) -> Mask:
    """A signature, some 80 to 330 pixels wide unless told, 20 to 130 high.

    Where ``width`` names a place to sign it may be a paraph: the place says that it is no initials.
    """
    if width is not None and rng.random() < PARAPHS:
        return paraph(ink, rng)
    item = ink.signature(rng)
    wanted = width or float(np.clip(190 * np.exp(rng.normal(0, 0.4)), 70, 380))
    tallest = float(np.clip(64 * np.exp(rng.normal(0, 0.38)), 26, 130))
    height = float(np.clip(wanted / max(item.width, 0.4), 20, tallest))
    # A short name is stretched a little rather than blown up.
    stretch = float(np.clip(wanted / max(item.width * height, 1), 0.7, 1.8))
    turn = float(rng.normal(0.04, 0.07))
    return Pen.random(rng, 1.6 * height, 1.1).write(item, height, float(rng.normal(0.05, 0.15)), stretch, turn)


def paraph(ink: InkSource, rng: np.random.Generator) -> Mask:
    """A signature of a letter or two, 20 to 90 pixels high: initials by its looks, a signature by its place."""
    item = ink.initials(rng)
    height = min(float(np.clip(42 * np.exp(rng.normal(0, 0.35)), 20, 90)), 140 / max(item.width, 0.4))
    return Pen.random(rng, 1.5 * height).write(item, height, float(rng.normal(0.1, 0.2)), float(rng.uniform(0.8, 1.4)))


def initials(ink: InkSource, rng: np.random.Generator, height: float | None = None) -> Mask:
    """Initials, some 15 to 60 pixels high."""
    wanted = height or float(np.clip(33 * np.exp(rng.normal(0, 0.4)), 14, 80))
    item = ink.initials(rng)
    wanted = min(wanted, 95 / max(item.width, 0.4))
    return Pen.random(rng, 1.4 * wanted).write(item, wanted, float(rng.normal(0.1, 0.2)), float(rng.uniform(0.8, 1.3)))


def handwriting(ink: InkSource, rng: np.random.Generator, width: float, height: float) -> Mask:
    """One line of handwriting about so wide and high: words, an amount, or both."""
    ratio = max(0.5, width / max(height, 1))
    return fitted(ink.line(ratio, rng) if rng.random() < 0.8 else number(ink, rng), rng, width, height)


def fitted(item: Ink, rng: np.random.Generator, width: float, height: float) -> Mask:
    """An item written so high, or lower where it would be too long."""
    lower = min(height, 1.15 * width / max(item.width, 0.2))
    return Pen.random(rng, lower).write(item, max(6.0, lower), float(rng.normal(0.1, 0.15)))


def number(ink: InkSource, rng: np.random.Generator) -> Ink:
    """Digits that are no date: an amount, or what something is filed under."""
    return _written(people.amount(rng) if rng.random() < 0.5 else people.reference(rng), ink, rng)


PlacedLine = tuple[Mask, int, int]
"""A line's coverage and where it goes: left and top."""


def note(ink: InkSource, rng: np.random.Generator) -> Sequence[PlacedLine]:
    """A note of one to five lines by one pen: each line's coverage and where it goes, from the note's corner.

    A note written steeply across the page is one piece: its lines cannot be boxed apart.
    """
    height = float(np.clip(27 * np.exp(rng.normal(0, 0.35)), 12, 60))
    width, count = float(rng.uniform(50, 320)), int(rng.choice([1, 2, 3, 4, 5], p=[0.5, 0.2, 0.15, 0.1, 0.05]))
    pen, slant = Pen.random(rng, height), float(rng.normal(0.1, 0.15))
    if count == 1 and rng.random() < 0.3:
        items = [number(ink, rng)]
    else:
        items = _lines(ink, [width / height * float(rng.uniform(0.5, 1)) for _ in range(count)], rng)
    heights = [min(height * float(rng.uniform(0.85, 1.15)), 1.15 * width / max(item.width, 0.2)) for item in items]
    if rng.random() < 0.12:
        turn = float(rng.uniform(0.15, 0.8) * rng.choice([1, -1, 1]))
        return _in_one_piece(items, heights, pen, slant, turn)
    if count > 1 and rng.random() < ASLANT:
        turn = float(rng.uniform(0.08, 0.4) * rng.choice([1, 1, -1]))
        aslant = _aslant(items, heights, pen, slant, turn, float(rng.uniform(1.1, 1.5)))
        if all(_overlap(one, other) < TOLD_APART for one, other in itertools.pairwise(aslant)):
            return aslant
        return _in_one_piece(items, heights, pen, slant, turn)
    turn, left, top, lines = float(rng.normal(0, 0.03)), 0, 0, []
    for item, high in zip(items, heights, strict=True):
        mask = pen.write(item, max(7.0, high), slant, turn=turn)
        lines.append((mask, left, top))
        top += round(mask.shape[0] * float(rng.uniform(1.0, 1.3))) + 2
        left = max(0, left + int(rng.integers(-8, 12)))
    return lines


def _in_one_piece(
    items: Sequence[Ink], heights: Sequence[float], pen: Pen, slant: float, turn: float
) -> list[PlacedLine]:
    """All lines as one, for they cannot be told apart."""
    return [(pen.write(_stacked(items), max(10.0, sum(heights) * 1.15), slant, turn=turn), 0, 0)]


def _aslant(
    items: Sequence[Ink], heights: Sequence[float], pen: Pen, slant: float, turn: float, apart: float
) -> list[PlacedLine]:
    """Lines one under the other on paper that was turned (radians): each where the turn puts it."""
    corners, down = [], 0.0
    for item, high in zip(items, heights, strict=True):
        matrix = pen.matrix(high, slant, turn=turn)
        strokes = np.concatenate([stroke[:, :2] for stroke in item.strokes])
        corners.append(((strokes + np.array([0, down / high])) @ matrix).min(axis=0))
        down += high * apart
    left, top = np.min(corners, axis=0)
    return [
        (pen.write(item, high, slant, turn=turn), round(float(x - left)), round(float(y - top)))
        for item, high, (x, y) in zip(items, heights, corners, strict=True)
    ]


def _overlap(one: PlacedLine, other: PlacedLine) -> float:
    """IoU of two lines' boxes."""
    first, second = (
        np.array([[left, top, left + mask.shape[1], top + mask.shape[0]]], np.float32)
        for mask, left, top in (one, other)
    )
    return float(iou_with(first[0], second)[0])


def _lines(ink: InkSource, lengths: Sequence[float], rng: np.random.Generator) -> list[Ink]:
    """Lines so many heights long: all of one hand, or of words from the files, which hold no lines of one writer."""
    if rng.random() < 0.5:
        hand = ink.hand(rng)
        return [of_length(hand, length, rng) for length in lengths]
    return [ink.line(length, rng) for length in lengths]


def date(ink: InkSource, rng: np.random.Generator, height: float) -> Mask:
    """A date by hand: in digits, with the month's name, or a word of the files before the digits."""
    if rng.random() < 0.08:
        day, year = int(rng.integers(1, 32)), int(rng.integers(1950, 2027))
        item = row([ink.word(rng), ink.number(str(day), rng), ink.number(str(year), rng)], rng, (0.2, 0.5))
    else:
        item = _written(dates.written(rng), ink, rng)
    lower = min(height, 230 / max(item.width, 0.5))
    return Pen.random(rng, lower).write(item, lower, float(rng.normal(0.1, 0.15)))


def _written(text: str, ink: InkSource, rng: np.random.Generator) -> Ink:
    """Digits and the signs between them from the files, where there are any; what has other characters in our hand."""
    return ink.number(text, rng) if set(text) <= set(NUMERALS) else ink.text(text, rng)


def _stacked(items: Sequence[Ink]) -> Ink:
    """Lines one under the other as one piece of ink, a unit high."""
    scale = 1 / (len(items) * 1.15)
    strokes: list[Stroke] = []
    for place, item in enumerate(items):
        at = np.array([0, place * 1.15, 0], np.float32)
        strokes.extend((stroke + at) * np.array([scale, scale, 1], np.float32) for stroke in item.strokes)
    return Ink(tuple(strokes))
