"""Tables of numbers and short words, from small print to print as large as writing. No marks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from docmarks.synth.handwriting.pen import Mask
from docmarks.synth.printed.lettering import lettering
from docmarks.synth.printed.type_case import TypeCase
from docmarks.synth.texts import words

Say = Callable[[np.random.Generator], str]
"""Makes what a cell says."""

SMALLEST, LARGEST = 9.0, 70.0
"""Of the print, in pixels: an excerpt of a page is shown as large as a page."""


def table(rng: np.random.Generator, case: TypeCase) -> Mask:
    """Coverage ``[h, w]`` of one to six rows and one to five columns, ruled or not."""
    face, size = case.face(rng), float(np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST))))
    most = 6 if size < 30 else 3
    rows, columns = int(rng.integers(1, most + 1)), int(rng.integers(1, most))
    makes = [_cells(rng) for _ in range(columns)]
    cells = [[lettering(make(rng), face, size) for make in makes] for _ in range(rows)]
    gap, high = size * float(rng.uniform(0.5, 2.5)), round(size * float(rng.uniform(1.2, 2.4))) + 2
    wide = [round(max(row[i].shape[1] for row in cells) + gap) for i in range(columns)]
    whole = np.zeros((rows * high + 1, sum(wide) + 1), np.uint8)
    right_aligned = rng.random() < 0.4
    for y, row in enumerate(cells):
        left = 0
        for cell, width in zip(row, wide, strict=True):
            at = left + (width - cell.shape[1] - 2 if right_aligned else round(gap / 2))
            top = y * high + (high - cell.shape[0]) // 2
            part = whole[max(top, 0) : top + cell.shape[0], at : at + cell.shape[1]]
            np.maximum(part, cell[: part.shape[0], : part.shape[1]], out=part)
            left += width
    _rule(whole, high, wide, rng)
    return whole


def _rule(whole: Mask, high: int, wide: list[int], rng: np.random.Generator) -> None:
    """Lines under the rows, around the cells, or none."""
    kind, thick = rng.random(), int(rng.integers(1, 4))
    if kind < 0.6:
        for y in range(0, whole.shape[0], high):
            whole[y : y + thick] = 255
    if kind < 0.35:
        for x in (0, *np.cumsum(wide)):
            whole[:, x : x + thick] = 255


def _cells(rng: np.random.Generator) -> Say:
    """What a column's cells are made by: whole numbers, decimals, amounts, words, years."""
    digits = int(rng.integers(1, 6))
    makers: tuple[Say, ...] = (
        lambda by: str(by.integers(0, 10**digits)),
        lambda by: f"{by.uniform(0, 10**digits):.2f}",
        lambda by: f"{by.integers(0, 10 ** (digits + 2)):,}",
        lambda by: words.phrase(by, 1).title(),
        lambda by: str(by.integers(1900, 2026)),
    )
    return makers[int(rng.integers(len(makers)))]
