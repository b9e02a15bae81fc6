"""Brings images to where annotations will look for them: copied, linked, or rendered from PDF pages."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image

from docmarks.data.dataset import DatasetPage
from docmarks.data.files import is_there
from docmarks.data.formats.notes import Notes
from docmarks.data.read_page import in_place
from docmarks.errors import DocmarksError
from docmarks.files.atomic import staged
from docmarks.pages.document import OpenDocument, open_document
from docmarks.pages.sniff import sniff

Place = Callable[[DatasetPage, PurePosixPath], PurePosixPath]

Watch = Callable[[Sequence[DatasetPage]], Iterable[DatasetPage]]

UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*\\]')
"""What a file name cannot hold on some system."""

ROUNDING = 1
"""Pixels by which another renderer's page may be larger or smaller."""


class Bringer:
    """Puts pages' images into a folder; what is there already from an interrupted run is not done again."""

    def __init__(self, folder: Path, place: Place, notes: Notes, copy: bool, link: bool, shown: bool = False) -> None:
        """Takes how.

        Args:
            folder: The target.
            place: Where in it an image of a name goes.
            notes: Told what is missing.
            copy: Images are copied.
            link: Images that are not copied are linked, because the format needs them there.
            shown: A browser is to show them.
        """
        self.folder, self.place, self.notes, self.copy, self.link = folder, place, notes, copy, link
        self.shown = shown
        self._path: Path | None = None
        self._document: OpenDocument | None = None

    def __call__(self, pages: Sequence[DatasetPage], watch: Watch = iter) -> Iterator[DatasetPage]:
        """Each page with the file that its annotations are to name.

        A PDF page, and a page of a TIFF after its first, is no image of its own: it becomes one in any case.

        Raises:
            DocmarksError: The folder cannot be written, or a page is of another size than its boxes are for.
        """
        there = in_place(pages)
        targets = targets_of(there, self.place, self.shown)
        try:
            for page, target in zip(watch(there), targets, strict=False):
                yield self._bring(page, self.folder / target)
        except OSError as error:
            where = error.filename or self.folder
            raise DocmarksError(f"{where}: cannot be copied or written ({error.strerror}); see to it") from error
        finally:
            self._close()

    def _bring(self, page: DatasetPage, target: Path) -> DatasetPage:
        if not is_there(page.file):
            if self.copy or self.link:
                self.notes.add("images that are not there (not copied)", str(page.file))
            return page
        render = must_render(page, self.shown)
        if not (render or self.copy or self.link):
            return page
        target.parent.mkdir(parents=True, exist_ok=True)
        if render:
            return self._render(page, target)
        sniff(page.file)  # annotations may name any file; only images are taken along
        if self.copy:
            _copy(page.file, target)
        else:
            _link(page.file, target)
        return replace(page, file=target.absolute())

    def _render(self, page: DatasetPage, target: Path) -> DatasetPage:
        number, size = page.number, (page.page.width, page.page.height)
        if page.file != self._path:
            self._close()
            self._path, self._document = page.file, open_document(page.file, dpi=_dpi(page))
        assert self._document is not None
        extra = {"document": page.file.name, "page": number, **page.extra}
        width, height, dpi = self._document.measure(number)
        if max(abs(width - size[0]), abs(height - size[1])) > ROUNDING:
            self._close()  # its pages have several sizes, or the boxes are for another resolution
            self._path, self._document = page.file, open_document(page.file, dpi=_dpi(page))
            width, height, dpi = self._document.measure(number)
        if max(abs(width - size[0]), abs(height - size[1])) > ROUNDING:
            raise DocmarksError(
                f"{page.file}: page {number} is {width} x {height}, its boxes are for {size[0]} x {size[1]}; "
                "give the width and height of the page that they were drawn on"
            )
        if _size(target) != (width, height) or not _same_time(page.file, target):
            _save(self._document.page(number).pixels, dpi, target, page.file)
        brought = replace(page.page, width=width, height=height, dpi=dpi, number=1)
        return replace(page, file=target.absolute(), page=brought, extra=extra)

    def _close(self) -> None:
        if self._document is not None:
            self._document.__exit__(None, None, None)
        self._path = self._document = None


def must_render(page: DatasetPage, shown: bool) -> bool:
    """Whether a page is no image that a tool could take: of a PDF, a later one of a TIFF, or any TIFF in a browser."""
    suffix = page.file.suffix.lower()
    return page.number > 1 or suffix == ".pdf" or (shown and suffix in (".tif", ".tiff"))


def targets_of(pages: Sequence[DatasetPage], place: Place, shown: bool) -> list[PurePosixPath]:
    """Where each page's image goes: its place for the path below the folder that all have in common, never two alike.

    They differ by more than case and suffix, so that they do on every system and for label files beside them, and do
    so where they are put: a place may make one name of a folder and a file in it.
    """
    parents = [str(page.file.absolute().parent) for page in pages]
    base = os.path.commonpath(parents) if parents else ""
    taken: set[str] = set()
    targets = []
    for page in pages:
        below = PurePosixPath(Path(os.path.relpath(page.file.absolute(), base)).as_posix())
        clean = PurePosixPath(*(UNSAFE.sub("_", part) for part in below.parts if part not in ("..", "/")))
        if must_render(page, shown):
            clean = clean.with_name(f"{clean.stem}-{page.number:03d}.png")
        target = place(page, clean)
        unique, count = target.stem, 1
        while str(target.with_name(unique)).lower() in taken:
            count += 1
            unique = f"{target.stem}-{count}"
        taken.add(str(target.with_name(unique)).lower())
        targets.append(target.with_name(unique + target.suffix))
    return targets


def _dpi(page: DatasetPage) -> float | None:
    """The resolution at which a PDF page has the size that its boxes are for; None for an image."""
    if page.file.suffix.lower() != ".pdf":
        return None
    with open_document(page.file, dpi=72) as document:
        width, height, _ = document.measure(page.number)
    # Sides are rounded up: the longer one tells more.
    exact = 72 * max(page.page.width, page.page.height) / max(width, height)
    said = page.page.dpi
    return said if abs(said - exact) <= 0.01 * exact else exact


def _copy(source: Path, target: Path) -> None:
    told = source.stat()
    if target.is_file() and not target.is_symlink():
        if target.stat().st_size == told.st_size and _same_time(source, target):
            return
    with staged(target) as part:
        shutil.copy2(source, part)


def _same_time(source: Path, target: Path) -> bool:
    """Whether a target was made of the source as it is now: all that is brought carries the time of its source."""
    return target.stat().st_mtime_ns == source.stat().st_mtime_ns


def _link(source: Path, target: Path) -> None:
    if target.is_symlink() or target.exists():
        if target.resolve() == source.resolve():
            return
        target.unlink()
    try:
        target.symlink_to(source.absolute())
    except OSError as error:
        raise DocmarksError(f"{target}: cannot be linked ({error.strerror}); use --copy") from error


def _size(file: Path) -> tuple[int, int] | None:
    """Of an image that is there already."""
    if not is_there(file):
        return None
    with open_document(file) as document:
        return document.measure(1)[:2]


def _save(pixels: np.ndarray, dpi: float, target: Path, source: Path) -> None:
    image = Image.fromarray(pixels)
    if pixels.ndim == 3 and (pixels == pixels[:, :, :1]).all():
        image = image.convert("L")  # a third of the size, and nothing lost
    with staged(target) as part:
        image.save(part, "PNG", dpi=(dpi, dpi))
        told = source.stat()
        os.utime(part, ns=(told.st_atime_ns, told.st_mtime_ns))
