"""Files of a data set that are either whole or not there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from docmarks.errors import DocmarksError
from docmarks.files.atomic import whole


def write_text(file: Path, text: str, errors: str = "surrogateescape") -> None:
    """Writes UTF-8 text, whole or not at all; makes the folder.

    Args:
        file: Where to.
        text: What; file names in it may hold bytes that are no UTF-8.
        errors: What becomes of such bytes.

    Raises:
        DocmarksError: The file cannot be written.
    """
    with whole(file, "choose another folder") as part:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8", errors=errors, newline="")


def is_there(path: Path) -> bool:
    """Whether a file has this name, whatever the name: one too long, or with a zero byte, is no file's."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def distinct_stems(images: Sequence[Path]) -> list[str]:
    """What files of annotations are called after their images: never two alike."""
    taken: dict[str, None] = {}
    for image in images:
        stem = image.stem if image.stem not in taken else image.name.replace(".", "_")
        while stem in taken:
            stem += "_"
        taken[stem] = None
    return list(taken)


def flat(name: PurePosixPath) -> str:
    """A path as the name of one file, for formats that know no folders; two paths may have the same."""
    return "_".join(name.parts)


def read_text(file: Path) -> str:
    """A file's UTF-8 text, without a byte order mark.

    Raises:
        DocmarksError: The file is missing, unreadable or no UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise DocmarksError(f"{file}: no such file; check the spelling") from error
    except OSError as error:
        raise DocmarksError(f"{file}: cannot be read ({error.strerror}); check its permissions") from error
    except UnicodeDecodeError as error:
        raise DocmarksError(f"{file}: not UTF-8 text at byte {error.start}; save it as UTF-8") from error


def relative(file: Path, folder: Path) -> str:
    """How a file is called from a folder, with slashes."""
    return Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix()
