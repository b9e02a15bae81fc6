"""The file that an annotation means, however its tool has written the path."""

from __future__ import annotations

import html
import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice, product, takewhile
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from docmarks.data.files import is_there

WINDOWS = re.compile(r"^[A-Za-z]:[\\/]")

URL = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+:/*")

UPLOADED = re.compile(r"^[0-9a-f]{8}-")
"""Label Studio puts eight hexadecimal digits before the name of an uploaded file."""

MOST_FILES = 500_000
"""So many are looked through for an image, if annotations lie in a folder of everything."""

IMAGE_FOLDERS = ("", "images", "JPEGImages", "..", "../images", "../JPEGImages")
"""Where images lie, seen from the annotations."""


class ImageFinder:
    """Finds images on this machine for paths from another: Windows, URL, escaped, absolute, or the name alone."""

    def __init__(self, root: Path, images: Path | None = None) -> None:
        """Takes the folder of the annotations, and of the images if that is another.

        Images are searched there, beside it and below it.
        """
        self.roots = (root,) if images is None else (images, root)

    def __call__(self, reference: str, folders: Sequence[str] = IMAGE_FOLDERS) -> Path | None:
        """The file that a path means, or None.

        A path that is there as it stands wins; else the file below the root that has the most of the path's last
        parts in common, if it is one.
        """
        spellings = list(dict.fromkeys(_spellings(reference)))
        for root, spelling, folder in product(self.roots, spellings, folders):
            found = root / folder / spelling
            if is_there(found):
                return Path(os.path.normpath(found))
        for spelling in spellings:
            name = PurePosixPath(spelling).name
            for alike in (name, UPLOADED.sub("", name)):
                best = _most_alike(spelling, self._by_name.get(alike, []))
                if best is not None:
                    return best
        return None

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        found: dict[str, list[Path]] = defaultdict(list)
        walks = (walk for root in dict.fromkeys(self.roots) for walk in os.walk(root))
        files = ((folder, name) for folder, _, names in walks for name in names)
        for folder, name in islice(files, MOST_FILES):
            found[name].append(Path(folder, name))
        return found


def mean_theirs(references: Sequence[str], files: Sequence[Path | None]) -> list[bool]:
    """Whether each path means the file that a finder took for it, and not that of another path; None means none."""
    by_file: dict[Path | None, dict[str, None]] = defaultdict(dict)
    for reference, file in zip(references, files, strict=True):
        by_file[file][reference] = None
    right = {
        file: _rightful(list(taken), file) if len(taken) > 1 else set(taken)
        for file, taken in by_file.items()
        if file is not None
    }
    return [file is not None and reference in right[file] for reference, file in zip(references, files, strict=True)]


def _rightful(references: Sequence[str], file: Path) -> set[str]:
    """Of several different paths those that are an end of a file's, else the one that has the most last parts of it."""
    ways = {reference: [PurePosixPath(way).parts for way in _spellings(reference)] for reference in references}
    alike = {of: max(common_end(way, file.parts) for way in each) for of, each in ways.items()}
    ends = {of for of, each in ways.items() if any(alike[of] == len(way) for way in each)}
    most = [of for of in references if alike[of] == max(alike.values())]
    return ends or (set(most) if len(most) == 1 else set())


def place(reference: str) -> Path:
    """A path in any spelling as one below a folder."""
    parts = PurePosixPath(list(_spellings(reference))[-1].replace("\0", "")).parts
    return Path(*(part for part in parts if part not in ("/", ".."))) if parts else Path("unnamed")


def file_name(reference: str) -> str:
    """The last part of a path in any spelling: what a file that cannot be found is called."""
    return PurePosixPath(list(_spellings(reference))[-1]).name.replace("\0", "") or "unnamed"


def _spellings(reference: str) -> Iterator[str]:
    """A path as it is, and as it was before it was escaped."""
    yield reference
    plain = html.unescape(reference.strip())
    yield plain
    if "?" in plain and (inner := parse_qs(urlsplit(plain).query).get("d")):
        plain = inner[0]  # Label Studio's local files: /data/local-files/?d=path
        yield plain
        yield "/" + plain
    elif URL.match(plain) and not WINDOWS.match(plain):
        plain = URL.sub("/" if plain.startswith("file:/") else "", plain.split("?")[0])
    plain = unquote(plain)
    yield plain
    if "\\" in plain and (WINDOWS.match(plain) or "/" not in plain):
        plain = plain.replace("\\", "/")
        yield plain


def _most_alike(reference: str, files: Sequence[Path]) -> Path | None:
    """The file with the most last parts in common; None if two are equally alike."""
    wanted = PurePosixPath(reference).parts
    ranked = sorted(((common_end(wanted, file.parts), file) for file in files), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]


def common_end(first: Sequence[str], second: Sequence[str]) -> int:
    """How many last parts two paths have in common."""
    both = zip(reversed(first), reversed(second), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], both))
