"""A data set from one format to another, with an account of what is lost on the way."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

from docmarks.data.bring import Bringer, Watch
from docmarks.data.check.labels import spelt
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.files import write_text
from docmarks.data.formats.formats import (
    FORMATS,
    OWN,
    detect,
    format_of_target,
    holds_of,
    is_file_name,
    read_as,
)
from docmarks.data.formats.holds import fit, labels_of, ordered
from docmarks.data.formats.intake import ASSUMED, Wanted
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark
from docmarks.messages.nearest import did_you_mean

MARKER = ".docmarks-convert.json"
"""Says what a folder was made from, so that the same conversion may go on in it."""

BY_FOLDER = "folder"
"""The ``group`` that makes each folder a document."""


@dataclass(frozen=True)
class Conversion:
    """What was done.

    Attributes:
        dataset: As it was written.
        source: Format that was read.
        target: Format that was written.
        file: What to look at: the file or folder with the annotations.
        left: What of the source could not be taken over.
        lost: What the target cannot hold.
        renamed: Labels that were another spelling of one of the taxonomy, with what they are called now.
    """

    dataset: Dataset
    source: str
    target: str
    file: Path
    left: Notes
    lost: Notes
    renamed: dict[str, str]


def convert(
    source: Path,
    target: Path,
    from_format: str | None = None,
    to_format: str | None = None,
    *,
    copy: bool = False,
    exhaustive: Sequence[str] | None = None,
    group: str | None = None,
    force: bool = False,
    wanted: Wanted | None = None,
    watch: Watch = iter,
) -> Conversion:
    """Reads a set in one format and writes it in another.

    Args:
        source: A file or folder.
        target: A folder, or a file where the format is one.
        from_format: Of the source; None looks what it is.
        to_format: Of the target; None takes what its name tells, else our own.
        copy: Images are copied into the target. Otherwise they stay, and only pages of PDFs and later pages of TIFFs
            are made images there.
        exhaustive: Labels that are fully annotated on every page; None keeps what the source says.
        group: "folder" makes each folder a document; else a regular expression over the image's path in the set: what
            its first group (or all of it) matches names the document.
        force: Writes into a folder, or over a file, that is there already.
        wanted: What the reader is asked for.
        watch: Wraps the pages while images are brought, to show a bar.

    Raises:
        DocmarksError: What is wrong, in one line.
    """
    from_format = from_format or detect(source)
    to_format = to_format or format_of_target(target)
    holds = holds_of(to_format, target)
    folder = target.parent if is_file_name(target) else target
    _refuse_to_overwrite(source, target, to_format, force)
    left, lost = Notes(), Notes()
    dataset = read_as(source, from_format, left, wanted)
    if wanted is not None and wanted.dpi is not None:
        _tell_own_resolutions(dataset, wanted.dpi, left)
    renamed: dict[str, str] = {}
    if to_format == OWN and from_format != OWN:
        dataset, renamed = spell(dataset)
    if exhaustive is not None:
        dataset = exhaustively(dataset, exhaustive)
        left.drop(ASSUMED)
    if group is not None:
        dataset = regroup(dataset, group)
    known = FORMATS[to_format]
    assert known.write is not None
    dataset = replace(fit(dataset, holds, lost), root=folder)
    if not is_file_name(target):
        write_text(target / MARKER, json.dumps(_origin(source, to_format), indent=1) + "\n")
    bringer = Bringer(folder, known.place, left, copy, known.needs_images, known.shown)
    dataset = replace(dataset, pages=tuple(bringer(dataset.pages, watch)))
    file = known.write(dataset, target)
    return Conversion(dataset, from_format, to_format, file, left, lost, renamed)


def _tell_own_resolutions(dataset: Dataset, dpi: float, left: Notes) -> None:
    """Boxes are in pixels of the resolution that their records state: another would move them."""
    for page in dataset.pages:
        if page.file.suffix.lower() == ".pdf" and abs(page.page.dpi - dpi) > 0.5:
            left.add(f"pages of PDFs at the resolution that their records state (not at --dpi {dpi:g})", page.name)


def spell(dataset: Dataset) -> tuple[Dataset, dict[str, str]]:
    """The set in the taxonomy's spelling, and what changed: "filled_checkbox" is called Filled Checkbox."""
    names = {label: spelt(label) or label for label in labels_of(dataset) if label not in LABELS}
    renamed = {label: name for label, name in names.items() if name != label}
    if not renamed:
        return dataset, {}

    def page(old: DatasetPage) -> DatasetPage:
        marks = []
        for mark in old.page.marks:
            labels: dict[str, float | None] = {}
            for label, score in zip_longest(mark.labels, mark.scores):
                labels.setdefault(renamed.get(label, label), score)
            scores = tuple(score for score in labels.values() if score is not None)
            marks.append(Mark(mark.box, tuple(labels), scores, mark.ignore))
        known = frozenset(renamed.get(label, label) for label in old.exhaustive)
        return replace(old, page=replace(old.page, marks=tuple(marks)), exhaustive=known)

    return replace(dataset, pages=tuple(map(page, dataset.pages))), renamed


def regroup(dataset: Dataset, how: str) -> Dataset:
    """The set with its documents told by the images' paths.

    Args:
        dataset: The set.
        how: "folder", or a regular expression: what its first group, or all of it, matches is the document.

    Raises:
        DocmarksError: No regular expression, or it matches no page.
    """
    places = [_below(page.file, dataset.root) for page in dataset.pages]
    if how == BY_FOLDER:
        named = zip(dataset.pages, places, strict=True)
        return replace(dataset, pages=tuple(replace(page, group=place.parent.as_posix()) for page, place in named))
    try:
        pattern = re.compile(how)
    except re.error as error:
        raise DocmarksError(f"--group {how}: no regular expression ({error}); correct it") from error
    found = [pattern.search(place.as_posix()) for place in places]
    if not any(found):
        raise DocmarksError(f"--group {how}: matches no image, such as {places[0].as_posix()}; correct it")
    groups = [match and (match[1] if pattern.groups else match[0]) for match in found]
    grouped = zip(dataset.pages, groups, strict=True)
    return replace(dataset, pages=tuple(replace(page, group=group or page.group) for page, group in grouped))


def _below(file: Path, root: Path) -> Path:
    """An image's path in the set; the whole path of one that lies elsewhere."""
    return file.relative_to(root) if file.is_relative_to(root) else file


def exhaustively(dataset: Dataset, labels: Sequence[str]) -> Dataset:
    """The set with these labels fully annotated on every page.

    Raises:
        DocmarksError: A label that neither the set, the taxonomy nor the model that ships has; the nearest is named.
    """
    known = {*LABELS, *LabelSet.load("default").labels, *labels_of(dataset)}
    for label in labels:
        if label not in known:
            hint = did_you_mean(label, known, f"there are {', '.join(ordered(known))}")
            raise DocmarksError(f"--exhaustive {label}: no such label; {hint}")
    full = frozenset(labels)
    return replace(dataset, pages=tuple(replace(page, exhaustive=full) for page in dataset.pages))


def _origin(source: Path, to_format: str) -> dict[str, str]:
    return {"from": str(source.resolve()), "to": to_format}


def _refuse_to_overwrite(source: Path, target: Path, to_format: str, force: bool) -> None:
    here, there = source.resolve(), target.resolve()
    if here == there:
        raise DocmarksError(f"{target}: is the source itself; choose another target")
    if here.is_dir() and there.is_relative_to(here):
        # Read again, the source would then hold its own conversion.
        raise DocmarksError(f"{target}: is inside of {source}; choose a target outside of it")
    if force or not target.exists():
        return
    if is_file_name(target) or not target.is_dir():
        raise DocmarksError(f"{target}: is there already; choose another target, or overwrite it with --force")
    if any(target.iterdir()) and not _is_ours(target, _origin(source, to_format)):
        raise DocmarksError(f"{target}: is not empty; choose another target, or write into it with --force")


def _is_ours(target: Path, origin: dict[str, str]) -> bool:
    try:
        return bool(json.loads((target / MARKER).read_text(encoding="utf-8")) == origin)
    except (OSError, ValueError):
        return False
