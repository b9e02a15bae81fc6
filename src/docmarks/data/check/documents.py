"""Documents whose pages are in several parts or sets, and pages without boxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from docmarks.data.check.finding import Edit, Finding
from docmarks.data.check.labels import part_of
from docmarks.data.dataset import group_of
from docmarks.data.raw import RawSet, Record


def check_documents(sets: Sequence[RawSet]) -> Iterator[Finding]:
    """Groups in more than one part: the model is then tested on documents that it has learnt."""
    groups: dict[str, list[tuple[RawSet, Record]]] = defaultdict(list)
    for raw in sets:
        for image in raw.images:
            groups[group_of(image)].append((raw, image))
    for group, pages in groups.items():
        parts = sorted({part_of(image) for _, image in pages})
        if len(parts) > 1:
            told = f"its {len(pages)} pages are in {' and '.join(parts)}"
            # Validation and test stay what they were measured on only if nothing new comes in: all go to training.
            edits = tuple(Edit(image, {"split": "train"}) for _, image in pages)
            cure = "put all of them into train"
            yield Finding("document in two parts", "error", pages[0][0].file, f"group {group}", told, cure, edits)
        names = sorted({str(raw.file) for raw, _ in pages})
        if len(names) > 1:
            told = f"is in {len(names)} sets: {', '.join(names)}"
            cure = "if it is not one document, rename one group"
            yield Finding("group in two sets", "note", pages[0][0].file, f"group {group}", told, cure)


def check_empty(raw: RawSet) -> Iterator[Finding]:
    """Pages without a box: negatives where labels are fully annotated, of no use where none is."""
    bare = [image for image in raw.images if not raw.annotations_on(image)]
    said = raw.info.get("exhaustive", sorted(set(raw.categories.values())))
    idle = [image for image in bare if not image.get("exhaustive", said)]
    if len(bare) > len(idle):
        told = (
            f"{len(bare) - len(idle)} of {len(raw.images)} pages have no box and are kept: they teach what is no mark"
        )
        yield Finding("pages without boxes", "note", raw.file, "images", told, "nothing to do if they were looked at")
    if idle:
        names = ", ".join(str(image.get("file_name")) for image in idle[:3]) + (", ..." if len(idle) > 3 else "")
        told = f"{len(idle)} pages have no box and no fully annotated label ({names}): nothing can be learnt from them"
        yield Finding("idle pages", "warning", raw.file, "images", told, "annotate or remove them, or set exhaustive")
