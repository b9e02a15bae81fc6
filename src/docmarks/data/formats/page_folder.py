"""Pages that nobody has annotated: images and PDFs, in one folder or a folder a document."""

from __future__ import annotations

from pathlib import Path

from docmarks.data.dataset import Dataset
from docmarks.data.formats.intake import PARTS, Intake, Wanted, folder_of
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.pages.collect import collect
from docmarks.pages.document import open_document

NO_DOCUMENT = ("images", "pages", "pdfs", *PARTS)
"""What folders are called that hold no single document."""


def read(path: Path, notes: Notes, wanted: Wanted) -> Dataset:
    """Every page of every document in a folder; nothing is fully annotated on any.

    Raises:
        DocmarksError: There is no document.
    """
    root = folder_of(path)
    intake = Intake(root, notes, wanted)
    found = collect([path])
    notes.add("files that are no documents (passed over)", str(path), found.skipped)
    for file in wanted.watch(found.files):
        place = file.relative_to(root)
        part = next((PARTS[name] for name in place.parts[:-1] if name in PARTS), "")
        folder = place.parent.as_posix() if place.parent.name.lower() not in ("", *NO_DOCUMENT) else ""
        try:
            with open_document(file, dpi=wanted.dpi if file.suffix.lower() == ".pdf" else None) as document:
                count = len(document)
                measured = [document.measure(number) for number in range(1, count + 1)]
        except DocmarksError as error:
            notes.add("documents that cannot be read (left out)", str(error))
            continue
        for number, (width, height, dpi) in enumerate(measured, start=1):
            intake.add(
                str(file),
                (width, height),
                lambda *_: (),
                number=number,
                dpi=dpi,
                group=place.as_posix() if count > 1 else folder,
                part=part,
                looked_at=False,
            )
    return intake.dataset()
