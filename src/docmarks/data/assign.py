"""Deals documents out to training, validation and test so that every label is in each in its share.

Iterative stratification (Sechidis, Tsoumakas and Vlahavas, 2011) over documents: the rarest label's documents go
first, each to the part that lacks most of that label. What has a part keeps it, so pages that are added later move
none.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from docmarks.data.dataset import group_of
from docmarks.data.raw import RawSet, Record
from docmarks.data.split import PARTS, fraction
from docmarks.errors import DocmarksError

PAGES = "pages"
"""Pages are dealt out like a label of their own: the one that every document has."""


@dataclass
class Document:
    """One group of pages.

    Attributes:
        name: The group.
        counts: Its boxes by label, and its pages.
        images: Its image records.
    """

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    images: list[Record] = field(default_factory=list)


def parse_shares(text: str) -> dict[str, float]:
    """Shares of 1 from a text like "80:10:10" (train, test, val).

    Raises:
        DocmarksError: It is no such text.
    """
    try:
        values = [float(v) for v in text.split(":")]
    except ValueError:
        values = []
    if len(values) not in (2, 3) or not all(0 <= v < math.inf for v in values) or values[0] == 0:
        raise DocmarksError(f"--ratio {text}: write train:test:val, like 80:10:10, or train:val, like 80:20")
    names = ("train", "val") if len(values) == 2 else ("train", "test", "val")
    return {name: value / sum(values) for name, value in zip(names, values, strict=True)}


def assign(sets: Sequence[RawSet], shares: Mapping[str, float], seed: int, again: bool) -> Counter[str]:
    """Writes ``split`` into the image records; returns how many documents were dealt out to each part.

    Args:
        sets: Changed in place; a group that several of them have is one document.
        shares: Of each part, of all 1.
        seed: Orders documents that are alike.
        again: Deals out anew what has a part already.
    """
    documents = read_documents(sets).values()
    total = sum((document.counts for document in documents), Counter[str]())
    need = {part: {label: n * shares[part] for label, n in total.items()} for part in PARTS if shares.get(part, 0) > 0}
    waiting = []
    for document in documents:
        own = {str(image.get("split")) for image in document.images} & set(PARTS)
        if own and not again:
            # Pages that were added to a known document follow it; one that was in two parts goes to training.
            _give(document, own.pop() if len(own) == 1 else "train", need)
        else:
            waiting.append(document)
    return _deal(waiting, need, shares, seed)


def read_documents(sets: Sequence[RawSet]) -> dict[str, Document]:
    """The documents of all sets by group."""
    documents: dict[str, Document] = {}
    for raw in sets:
        for image in raw.images:
            name = group_of(image)
            document = documents.setdefault(name, Document(name))
            document.images.append(image)
            document.counts[PAGES] += 1
            for record in raw.annotations_on(image):
                document.counts.update(raw.labels_of(record))
    return documents


Need = dict[str, dict[str, float]]
"""Of each part, how many boxes of each label it still lacks."""


def _give(document: Document, part: str, need: Need) -> None:
    for image in document.images:
        image["split"] = part
    for label, n in document.counts.items():
        if part in need:
            need[part][label] -= n


def _deal(waiting: Sequence[Document], need: Need, shares: Mapping[str, float], seed: int) -> Counter[str]:
    holders: dict[str, list[Document]] = defaultdict(list)
    for document in sorted(waiting, key=lambda document: fraction(f"{seed}/{document.name}")):
        for label in document.counts:
            holders[label].append(document)
    dealt: Counter[str] = Counter()
    done: set[str] = set()
    # The label with the fewest documents first; pages, which all documents have, come last.
    for label in sorted(holders, key=lambda name: (name == PAGES, len(holders[name]), name)):
        # Large documents first: small ones then even out what these upset.
        for document in sorted(holders[label], key=lambda document: -document.counts[label]):
            if document.name not in done:
                part = _lacking(need, label, document.counts[label], shares)
                _give(document, part, need)
                done.add(document.name)
                dealt[part] += 1
    return dealt


def _lacking(need: Need, label: str, count: int, shares: Mapping[str, float]) -> str:
    """The part that lacks most of a label for its share, if so many boxes of it are not far too many there.

    Where they are for all, the one that lacks most of all: what is in one document alone is there to learn.
    """
    fitting = [part for part in need if need[part][label] >= count / 2]
    if not fitting:
        return max(need, key=lambda part: (need[part][label], need[part][PAGES]))
    return max(fitting, key=lambda part: (need[part][label] / shares[part], need[part][PAGES] / shares[part]))
