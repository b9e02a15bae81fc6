"""A data set built up from what a foreign file says, with an account of what could not be taken."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from docmarks.data.coco_reader import IMAGE_KEYS
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.files import is_there
from docmarks.data.formats.find_image import ImageFinder, file_name, mean_theirs, place
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.marks import POINTS_PER_INCH, Box, Mark, Page
from docmarks.pages.document import open_document

PARTS = {"train": "train", "training": "train", "val": "val", "valid": "val", "validation": "val", "dev": "val"} | {
    "test": "test",
    "testing": "test",
}
"""What other tools call the parts of a set."""


ASSUMED = "pages that do not say what is fully annotated (all labels of the set taken; --exhaustive names others)"
"""The usual case: a set of others knows of no label that it has boxed here and there only."""


NOT_THERE = "images that are not there (their pages kept)"


@dataclass(frozen=True)
class Wanted:
    """What a user may ask of a reader.

    Attributes:
        predictions: Boxes that a model has proposed are taken, too, with their scores.
        dpi: At which PDF pages are measured and rendered; None takes 150.
        images: Folder of the images, if they are not at or below the annotations.
        watch: Wraps the files that are opened one by one, to show a bar.
    """

    predictions: bool = False
    dpi: float | None = None
    images: Path | None = None
    watch: Callable[[Sequence[Path]], Iterable[Path]] = iter


@dataclass
class Intake:
    """Collects pages.

    Attributes:
        root: The folder of the annotations.
        notes: Told what is left out or changed.
        wanted: What the user asked for.
        labels: Labels that the set lists; those of its boxes are added.
        info: Of the set.
        name: Of the set; the folder's if empty.
    """

    root: Path
    notes: Notes
    wanted: Wanted = field(default_factory=Wanted)
    labels: dict[str, None] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)
    name: str = ""

    def __post_init__(self) -> None:
        """No page yet."""
        self._pages: list[tuple[DatasetPage, bool]] = []
        self._references: list[str] = []
        self.find = ImageFinder(self.root, self.wanted.images)

    def mark(
        self,
        box: Sequence[object],
        labels: Iterable[str],
        where: str,
        scores: Sequence[float] = (),
        ignore: bool = False,
    ) -> Mark | None:
        """A mark from left, top, right and bottom in pixels; None, and a note, if these are no box."""
        try:
            left, top, right, bottom = (float(v) for v in box)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            left = top = right = bottom = math.nan
        if not all(map(math.isfinite, (left, top, right, bottom))):
            self.notes.add("boxes that are not four numbers (left out)", where)
            return None
        if left > right or top > bottom:
            self.notes.add("boxes inside out (corners swapped)", where)
        kept = tuple(dict.fromkeys(label.strip() for label in labels if label.strip()))
        if not kept and not ignore:
            self.notes.add("boxes without a label (left out)", where)
            return None
        self.labels.update(dict.fromkeys(kept))
        edges = (min(left, right), min(top, bottom), max(left, right), max(top, bottom))
        return Mark(edges, kept, tuple(scores) if len(scores) == len(kept) else (), ignore)

    def beside(self, file: Path, reference: str) -> str:
        """The image in the folder of an annotation file, if it is there; else the reference as it is.

        Exports with a folder a part use the same names in each.
        """
        there = file.parent / reference
        return str(there) if reference and is_there(there) else reference

    def size(self, reference: str, number: int = 1) -> tuple[int, int, float] | None:
        """Width, height and dpi of an image or PDF page; None, and a note, if the file is not there or is broken."""
        file = self.find(reference)
        try:
            if file is None:
                raise DocmarksError("missing")
            dpi = self.wanted.dpi if file.suffix.lower() == ".pdf" else None
            with open_document(file, dpi=dpi) as document:
                return document.measure(number)
        except DocmarksError as error:
            where = f"{reference}" if file is None else str(error)
            self.notes.add("pages whose image is missing or broken, so that their size is unknown (left out)", where)
            return None

    def add(
        self,
        reference: str,
        size: tuple[int, int] | None,
        marks: Callable[[int, int], Iterable[Mark | None]],
        *,
        number: int = 1,
        dpi: float | None = None,
        group: str = "",
        part: str = "",
        extra: Mapping[str, Any] | None = None,
        exhaustive: Iterable[str] | None = None,
        looked_at: bool = True,
    ) -> None:
        """One page.

        Args:
            reference: Its image, as the tool has written it.
            size: Width and height in pixels; None reads them from the image.
            marks: Its marks on a page of a width and height; None among them are passed over.
            number: Of the page in its file, from 1.
            dpi: Its resolution, if it is known.
            group: Its document; each page is its own if empty.
            part: "train", "val" or "test" in any tool's words, or empty.
            extra: Other keys.
            exhaustive: What is fully annotated on it, where the source says so page by page.
            looked_at: Whether anybody has annotated it at all; if not, nothing is exhaustive on it.
        """
        if size is None or not all(side > 0 for side in size):
            measured = self.size(reference, number)
            if measured is None:
                return
            size, dpi = measured[:2], dpi or measured[2]
        file = self.find(reference)
        if file is None:
            self.notes.add(NOT_THERE, reference)
            file = self.root / file_name(reference)
        width, height = size
        found = []
        for mark in marks(width, height):
            if mark is None:
                continue
            left, top, right, bottom = mark.box
            if left > width or top > height or right < 0 or bottom < 0:
                self.notes.add("boxes outside their page (left out)", f"{file_name(reference)}: {mark.box}")
                continue
            found.append(mark)
        clean = {key if key not in IMAGE_KEYS else f"source_{key}": value for key, value in (extra or {}).items()}
        page = Page(width, height, dpi or POINTS_PER_INCH, number, tuple(found))
        own = frozenset(exhaustive or ()) if looked_at else frozenset[str]()
        entry = DatasetPage(file, page, group or self._own_group(file), own, clean, PARTS.get(part.lower(), ""))
        self._pages.append((entry, looked_at and exhaustive is None))
        self._references.append(reference)

    def dataset(self) -> Dataset:
        """All pages; where the source does not say what is fully annotated, every label of the set is.

        Raises:
            DocmarksError: There is no page.
        """
        if not self._pages:
            why = f" ({next(iter(self.notes))})" if len(self.notes) else ""
            raise DocmarksError(f"{self.root}: no page could be taken{why}; check the paths in the annotations")
        self._give_up_images_of_others()
        full = frozenset(self.labels)
        unsaid = [page.file.name for page, default in self._pages if default]
        self.notes.add(ASSUMED, unsaid[0] if unsaid else "", len(unsaid))
        pages = tuple(replace(page, exhaustive=full) if default else page for page, default in self._pages)
        return Dataset(self.root, self.name or self.root.resolve().name, pages, self.info)

    def _give_up_images_of_others(self) -> None:
        """Of pages of different paths that were found at one file, some are of images that are not there."""
        theirs = mean_theirs(self._references, [page.file for page, _ in self._pages])
        for number, (page, default) in enumerate(self._pages):
            if theirs[number] or not is_there(page.file):  # of those that were not found it has been told
                continue
            reference = self._references[number]
            self.notes.add(NOT_THERE, reference)
            missing = self.root / place(reference)
            group = self._own_group(missing) if page.group == self._own_group(page.file) else page.group
            self._pages[number] = replace(page, file=missing, group=group), default

    def _own_group(self, file: Path) -> str:
        """The pages of a file are one document."""
        return Path(os.path.relpath(file, self.root)).as_posix()


def folder_of(path: Path) -> Path:
    """The folder of a file, or the folder itself."""
    return path if path.is_dir() else path.parent


def files_in(path: Path, *patterns: str) -> list[Path]:
    """The file itself, or a folder's files at any depth, without hidden ones, sorted."""
    if not path.is_dir():
        return [path]
    found = {file for pattern in patterns for file in path.rglob(pattern) if file.is_file()}
    return sorted(file for file in found if not any(part.startswith(".") for part in file.relative_to(path).parts))


def hull(points: Iterable[tuple[float, float]]) -> Box:
    """The upright box around points."""
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def turned(box: Box, degrees: float, pivot: tuple[float, float]) -> Box:
    """The upright box around a box that was turned clockwise (y down) about a point."""
    if degrees % 360 == 0:
        return box
    left, top, right, bottom = box
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = [(x - pivot[0], y - pivot[1]) for x in (left, right) for y in (top, bottom)]
    return hull((pivot[0] + x * cosine - y * sine, pivot[1] + x * sine + y * cosine) for x, y in corners)
