"""Files of one document that appear together, when it is done, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from docmarks.errors import DocmarksError
from docmarks.files.atomic import make_folder


class Staging:
    """A hidden folder inside the output folder; files wait there, not in memory, until their document is done."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is where the files go in the end."""
        self.folder = folder
        self._hidden: Path | None = None
        self._waiting: list[Path] = []

    def add(self, name: Path, data: bytes) -> None:
        """Keeps a file that will be called ``name``, a path inside the output folder.

        Raises:
            DocmarksError: The folder is not writable, or the disk is full.
        """
        try:
            if self._hidden is None:
                self._hidden = Path(tempfile.mkdtemp(prefix=".docmarks-", dir=self.folder))
            (self._hidden / str(len(self._waiting))).write_bytes(data)
        except OSError as error:
            raise DocmarksError(
                f"{self.folder / name}: cannot be written ({error.strerror}); choose another -o"
            ) from error
        self._waiting.append(name)

    def commit(self) -> None:
        """Puts all files in their places.

        Raises:
            DocmarksError: A place is not writable.
        """
        if self._hidden is None:
            return
        for number, name in enumerate(self._waiting):
            target = self.folder / name
            make_folder(target.parent)
            try:
                (self._hidden / str(number)).replace(target)
            except OSError as error:
                raise DocmarksError(f"{target}: cannot be written ({error.strerror}); choose another -o") from error
        self.discard()

    def discard(self) -> None:
        """Forgets what was not committed."""
        if self._hidden is not None:
            shutil.rmtree(self._hidden, ignore_errors=True)
        self._hidden = None
        self._waiting.clear()
