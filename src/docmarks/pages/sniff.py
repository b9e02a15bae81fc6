"""What a file is, by its first bytes; its suffix may lie."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from docmarks.errors import DocmarksError

Kind = Literal["pdf", "png", "jpeg", "tiff", "webp"]

PDF_WITHIN = 1024
"""A PDF's header may stand anywhere in its first so many bytes."""

MAGIC: dict[bytes, Kind] = {
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpeg",
    b"II*\x00": "tiff",  # little-endian
    b"MM\x00*": "tiff",  # big-endian
    b"II+\x00": "tiff",  # BigTIFF
    b"MM\x00+": "tiff",
}
"""What an image file begins with."""

SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg", ".webp"})
"""What a folder is searched for first; other files in it are sniffed."""


def kind_of(head: bytes) -> Kind | None:
    """The kind that the first bytes of a file tell, or None."""
    for magic, kind in MAGIC.items():
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if b"%PDF-" in head[:PDF_WITHIN]:
        return "pdf"
    return None


def sniff(path: Path) -> Kind:
    """What the file is.

    Raises:
        DocmarksError: It is missing, empty, unreadable or of no kind that can be read.
    """
    try:
        if path.exists() and not path.is_file():
            what = "a folder, where a file is needed" if path.is_dir() else "no regular file (a pipe?); save it to one"
            raise DocmarksError(f"{path}: {what}")
        with path.open("rb") as file:
            head = file.read(PDF_WITHIN + 8)
    except FileNotFoundError as error:
        raise DocmarksError(f"{path}: no such file") from error
    except OSError as error:
        raise DocmarksError(f"{path}: cannot be read ({error.strerror})") from error
    except ValueError as error:  # a zero byte
        raise DocmarksError(f"{str(path)!r}: no name that a file can have ({error})") from error
    if not head:
        raise DocmarksError(f"{path}: the file is empty; copy or download it again")
    kind = kind_of(head)
    if kind is None:
        raise DocmarksError(f"{path}: not a PDF, TIFF, PNG, JPEG or WebP; convert it to one of these")
    return kind
