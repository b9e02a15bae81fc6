"""Which page of some data sets a prediction is of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.formats.find_image import common_end


class PageFinder:
    """Looks pages up by what predictions call them."""

    def __init__(self, datasets: Sequence[Dataset]) -> None:
        """Takes all pages of the sets."""
        self._by_name: dict[str, list[DatasetPage]] = defaultdict(list)
        self._by_id: dict[str, list[DatasetPage]] = defaultdict(list)
        self._by_set: dict[str, set[Path]] = defaultdict(set)
        self._known: dict[tuple[Any, ...], list[DatasetPage]] = {}
        for dataset in datasets:
            for page in dataset.pages:
                for name in _names(page, dataset.root):
                    self._by_name[name].append(page)
                if page.identifier is not None:
                    self._by_id[str(page.identifier)].append(page)
                self._by_set[dataset.name].add(page.file)

    def find(self, where: Mapping[str, Any]) -> list[DatasetPage]:
        """The pages that a record may be of: one if it says enough, none if it is of no page of the sets.

        Args:
            where: ``file_name``, ``image_id`` and ``set``, as far as the record has them, and ``page`` of a document.
        """
        key = tuple(where.get(name) for name in ("file_name", "image_id", "set", "page"))
        if key not in self._known:
            self._known[key] = self._look_up(*key)
        return self._known[key]

    def _look_up(self, file_name: Any, image_id: Any, set_name: Any, number: Any) -> list[DatasetPage]:
        if isinstance(file_name, str):
            path = PurePosixPath(*parts(file_name))
            found = next((self._by_name[n] for n in (str(path), path.name) if n in self._by_name), [])
        else:
            found = self._by_id.get(str(image_id)) or self._by_name.get(str(image_id), [])
        if isinstance(number, int) and found:
            # A page that is alone in its file may be called the first, whatever page it once was.
            own = [page for page in found if page.number == number]
            alone = len({page.number for page in found}) == 1 and number == 1
            found = own or (found if alone else [])
        for narrower in (
            [page for page in found if page.file in self._by_set.get(str(set_name), ())],
            [page for page in found if image_id is not None and page.identifier == image_id],
        ):
            if len(found) > 1 and narrower:
                found = narrower
        return found


def parts_alike(file_name: str, page: DatasetPage) -> int:
    """How many parts the name that predictions give a page has in common with its path, from the file's own on."""
    return common_end(parts(file_name), page.file.parts)


def parts(file_name: str) -> tuple[str, ...]:
    """Folders and name, however a system separates them."""
    return PurePosixPath(file_name.replace("\\", "/")).parts


def _names(page: DatasetPage, root: Path) -> set[str]:
    """A page's file by its path, from its data set's folder, by its name and by its stem."""
    names = {page.file.as_posix(), page.file.name, page.file.stem}
    try:
        names.add(page.file.relative_to(root.absolute()).as_posix())
    except ValueError:
        pass
    return names
