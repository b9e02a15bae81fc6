"""Joining the groups of twins: the same edits as by looking through all pages for each of them."""

from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.data.check.finding import Edit, Finding
from docmarks.data.check.labels import part_of
from docmarks.data.check.look import Seen
from docmarks.data.check.run import Report, fix
from docmarks.data.check.twins import Joins, PageSeen, check_twins
from docmarks.data.raw import RawSet


def plain_join(first, second):
    """All pages of the second's group go to the first's, and to its part."""

    def group_of(image):
        return str(image.get("group", image.get("file_name")))

    edits = []
    for image in second.raw.images:
        if group_of(image) != group_of(second.image):
            continue
        changes = {"group": group_of(first.image)}
        if first.image.get("split"):
            changes["split"] = first.image["split"]
        elif image.get("split"):
            changes["split"] = part_of(first.image)
        edits.append(Edit(image, changes))
    return tuple(edits)


def a_set(name, records):
    images = [{"id": i, "file_name": f"{i}.png", **record} for i, record in enumerate(records)]
    return RawSet(Path(name), {"images": images, "annotations": [], "categories": []})


RECORD = st.fixed_dictionaries(
    {},
    optional={
        "group": st.sampled_from(["a", "b", "c", 7, "7", "1.png"]),
        "split": st.sampled_from(["train", "val", "", "dev", ["train"]]),
    },
)
SETS = st.lists(st.lists(RECORD, min_size=1, max_size=6), min_size=1, max_size=3)


PAIRS = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=10)
"""Numbers of pages, to be taken modulo their count."""


@settings(max_examples=60)
@given(SETS, PAIRS)
def test_the_same_edits_as_by_looking_through_all_pages(records, pairs):
    sets = [a_set(f"{i}.json", some) for i, some in enumerate(records)]
    pages = [PageSeen(raw, image, None) for raw in sets for image in raw.images]
    joins = Joins()
    for i, j in pairs:
        first, second = pages[i % len(pages)], pages[j % len(pages)]
        found, wanted = joins(first, second), plain_join(first, second)
        assert found == wanted and all(a.record is b.record for a, b in zip(found, wanted, strict=True))


@settings(max_examples=30)  # each writes a file
@given(st.lists(RECORD, min_size=2, max_size=6), PAIRS)
def test_shared_edits_end_as_one_after_the_other(tmp_path_factory, records, pairs):
    folder = tmp_path_factory.mktemp("set")

    def mended(joins):
        raw = a_set(folder / "annotations.json", [dict(record) for record in records])
        raw.save()
        pages = [PageSeen(raw, image, None) for image in raw.images]
        edits = [joins(pages[i % len(pages)], pages[j % len(pages)]) for i, j in pairs]
        findings = [Finding("twins", "error", raw.file, "", "", "", some) for some in edits]
        return raw, findings

    raw, findings = mended(Joins())
    assert fix(Report((raw,), tuple(findings), True)) == len(pairs)
    other, findings = mended(plain_join)
    for finding in findings:
        for edit in finding.edits:
            edit.record.update(edit.changes)
    assert raw.images == other.images


def test_two_copies_of_a_long_document_share_one_list_of_edits():
    count = 300
    records = [{"group": name, "split": part} for name, part in (("a", "train"), ("b", "val")) for _ in range(count)]
    raw = a_set("long.json", records)
    rng = np.random.default_rng(0)
    looks = [(rng.integers(0, 256, 32, np.uint8), rng.integers(0, 256, (8, 8), np.uint8)) for _ in range(count)]
    seen = [Seen((10, 10), hash=bits, thumb=thumb) for bits, thumb in looks * 2]
    findings = list(check_twins([PageSeen(raw, image, one) for image, one in zip(raw.images, seen, strict=True)]))
    assert len(findings) == count and {len(finding.edits) for finding in findings} == {count}
    assert len({id(finding.edits) for finding in findings}) == 1
