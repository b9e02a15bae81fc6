"""Labels that nobody knows, hardly has, or that are annotated on some pages only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from docmarks.data.check.finding import Edit, Finding
from docmarks.data.check.form import what
from docmarks.data.coco_reader import is_uncertain
from docmarks.data.dataset import group_of
from docmarks.data.raw import RawSet, Record
from docmarks.data.split import PARTS, is_validation
from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import LABELS, SPELLINGS
from docmarks.messages.nearest import did_you_mean

FEW = 10
"""A label with fewer boxes can hardly be learnt, and not be measured."""


def check_labels(raw: RawSet) -> Iterator[Finding]:
    """Boxes without a label, unknown labels, and what is said to be fully annotated."""
    known = {*LABELS, *SPELLINGS, *raw.categories.values()}
    for number, record in enumerate(raw.annotations, start=1):
        labels = raw.labels_of(record)
        if not labels and not is_uncertain(record):
            cure = 'give it one, or "uncertain": true'
            yield Finding("no label", "error", raw.file, what(record, number), "has no label", cure)
        for label in labels:
            if label not in known:
                yield _unknown(raw, record, what(record, number), label, known)
    for category in raw.data["categories"]:
        name = category.get("name")
        if isinstance(name, str) and name not in (*LABELS, *SPELLINGS) and (meant := spelt(name)) is not None:
            told = "is another spelling of a label of the taxonomy"
            edits = (Edit(category, {"name": meant}), *_renamed(raw, name, meant))
            yield Finding("spelling", "warning", raw.file, f"category {name}", told, f"call it {meant}", edits)
    yield from _check_own(raw)
    yield from _check_exhaustive(raw, known)


def _check_own(raw: RawSet) -> Iterator[Finding]:
    """Labels that only a label set of the user's own can make anything of, or that somebody mistyped."""
    counts = Counter(label for record in raw.annotations for label in raw.labels_of(record))
    # The default set knows labels that it makes of several, such as Handwriting.
    known = {*LABELS, *SPELLINGS, *LabelSet.load("default").labels}
    for label in sorted(counts.keys() & set(raw.categories.values())):
        if label in known or spelt(label) is not None:
            continue
        told = f"{counts[label]} boxes of a label that is none of the taxonomy"
        meant = did_you_mean(label, LABELS)
        cure = f"{meant} if not, " if meant else ""
        cure += "train with a --label-set that names it; others leave its boxes out"
        yield Finding("own label", "warning", raw.file, f"label {label}", told, cure)


def spelt(name: str) -> str | None:
    """The label of the taxonomy that differs in case, spaces, underscores or a plural only."""
    plain = {_plain(label): label for label in LABELS}
    return plain.get(_plain(name)) or plain.get(_plain(name).rstrip("s"))


def check_counts(sets: Sequence[RawSet]) -> Iterator[Finding]:
    """Labels with few boxes in all sets together, or with none in training or validation."""
    boxes: Counter[str] = Counter()
    parts: dict[str, Counter[str]] = defaultdict(Counter)
    for raw in sets:
        for record in raw.annotations:
            image = raw.image_of.get(record["image_id"]) if isinstance(record.get("image_id"), int | str) else None
            if image is None or is_uncertain(record):
                continue
            for label in raw.labels_of(record):
                boxes[label] += 1
                parts[label][part_of(image)] += 1
    file = sets[0].file
    for label, count in sorted(boxes.items()):
        where = f"label {label}"
        if count < FEW:
            cure = "annotate more, make some with docmarks synth, or merge it into another by a label set"
            yield Finding("few boxes", "warning", file, where, f"{count} boxes in all", cure)
        elif not parts[label]["train"] or not parts[label]["val"]:
            empty = "training" if not parts[label]["train"] else "validation"
            cure = "docmarks data split deals labels out evenly"
            yield Finding("label in one part", "warning", file, where, f"no box in the {empty} part", cure)


def part_of(image: Record) -> str:
    """The part of an image record: its own, else by its group's hash."""
    own = image.get("split")
    if own in PARTS:
        return str(own)
    return "val" if is_validation(group_of(image)) else "train"


def _unknown(raw: RawSet, record: Record, where: str, label: str, known: Iterable[str]) -> Finding:
    told, meant = f"unknown label {label}", spelt(label)
    if meant is not None:
        renamed = [meant if own == label else own for own in raw.labels_of(record)]
        return Finding(
            "unknown label", "error", raw.file, where, told, f"call it {meant}", (Edit(record, {"labels": renamed}),)
        )
    cure = did_you_mean(label, known, "correct it, or add it to categories")
    return Finding("unknown label", "error", raw.file, where, told, cure)


def _renamed(raw: RawSet, name: str, meant: str) -> Iterator[Edit]:
    """Edits of every list in which a label is written out."""
    places = [(raw.info, "exhaustive"), *((image, "exhaustive") for image in raw.images)]
    for record, key in (*places, *((annotation, "labels") for annotation in raw.annotations)):
        labels = record.get(key)
        if isinstance(labels, list) and name in labels:
            yield Edit(record, {key: [meant if label == name else label for label in labels]})


def _check_exhaustive(raw: RawSet, known: set[str]) -> Iterator[Finding]:
    said = raw.info.get("exhaustive")
    own = [image for image in raw.images if isinstance(image.get("exhaustive"), list)]
    for where, labels in [("info.exhaustive", said), *((f"image {i.get('file_name')}", i["exhaustive"]) for i in own)]:
        for label in labels if isinstance(labels, list) else ():
            if not isinstance(label, str) or label not in known:
                yield Finding("unknown label", "error", raw.file, where, f"unknown label {label}", "correct it")
    if said is None and len(own) < len(raw.images):
        names = ", ".join(sorted(set(raw.categories.values()))) or "none"
        told = f"nothing says which labels are fully annotated; all categories are taken to be ({names})"
        cure = "write the labels that are boxed on every page where they occur into info.exhaustive"
        yield Finding("no exhaustive", "warning", raw.file, "info", told, cure)
    if said == [] and not any(image["exhaustive"] for image in own):
        told = "no label is fully annotated on any page: nothing teaches the model what is background"
        yield Finding("nothing exhaustive", "warning", raw.file, "info.exhaustive", told, "annotate one label fully")


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
