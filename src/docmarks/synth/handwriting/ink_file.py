"""Ink from files: handwriting recorded with a pen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from docmarks.errors import DocmarksError
from docmarks.files.npz_file import read_npz
from docmarks.synth.handwriting.strokes import Ink, upright


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
        needed = ("points", "stroke_offsets", "item_offsets")
        data = read_npz(path, "an ink file", "see the documentation of its arrays", needed)
        self._points, self._strokes, self._items = (data[name] for name in needed)
        self._texts = data.get("texts")
        self._check(path)

    def _check(self, path: Path) -> None:
        for name, offsets, end in (
            ("stroke_offsets", self._strokes, len(self._points)),
            ("item_offsets", self._items, len(self._strokes) - 1),
        ):
            if offsets.ndim != 1 or len(offsets) < 2 or (np.diff(offsets) < 1).any() or offsets[-1] > end:
                raise DocmarksError(f"{path}: {name} do not cut the file into items; write the file again")
        if self._points.ndim != 2 or self._points.shape[1] != 3:
            raise DocmarksError(f"{path}: points must be x, y and pressure, not {self._points.shape}; write it again")

    def __len__(self) -> int:
        """How many items."""
        return len(self._items) - 1

    def text(self, index: int) -> str:
        """What item ``index`` says, where the file tells."""
        return str(self._texts[index]) if self._texts is not None and len(self._texts) > index else ""

    def __getitem__(self, index: int) -> Ink:
        """Item ``index``, a unit high."""
        unit = np.array([1000, 1000, 255], np.float32)
        cuts = self._strokes[self._items[index] : self._items[index + 1] + 1]
        strokes = [self._points[a:b].astype(np.float32) / unit for a, b in pairwise(cuts)]
        return upright(strokes, self.text(index))


class Joined(Sequence[Ink]):
    """Several ink files as one sequence."""

    def __init__(self, files: Sequence[InkFile]) -> None:
        """In their order."""
        self._files = files
        self._ends = np.cumsum([len(file) for file in files])

    def __len__(self) -> int:
        """Items of all files."""
        return int(self._ends[-1])

    def text(self, index: int) -> str:
        """What item ``index`` says, without cutting it out."""
        file, local = self._find(index)
        return file.text(local)

    def __getitem__(self, index: int) -> Ink:  # type: ignore[override]
        """Item ``index``, counted through."""
        file, local = self._find(index)
        return file[local]

    def _find(self, index: int) -> tuple[InkFile, int]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        file = int(np.searchsorted(self._ends, index, side="right"))
        return self._files[file], index - (int(self._ends[file - 1]) if file else 0)
