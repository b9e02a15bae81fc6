import json
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.data.assign import assign, parse_shares, read_documents
from docmarks.data.raw import RawSet
from docmarks.errors import DocmarksError

SHARES = {"train": 0.8, "val": 0.1, "test": 0.1}


def raw_set(documents, tmp_path=None, start=0):
    """Documents as lists of pages, a page as a list of labels."""
    images, annotations = [], []
    for n, pages in enumerate(documents, start=start):
        for labels in pages:
            images.append({"id": len(images), "file_name": f"{n}-{len(images)}.png", "group": f"g{n}"})
            annotations += [{"image_id": images[-1]["id"], "labels": [label]} for label in labels]
    return RawSet(tmp_path, {"images": images, "annotations": annotations, "categories": []})


def parts(raw):
    return {document.name: {image["split"] for image in document.images} for document in read_documents([raw]).values()}


def shares_of(raw):
    total, found = Counter(), {part: Counter() for part in SHARES}
    for document in read_documents([raw]).values():
        total.update(document.counts)
        found[document.images[0]["split"]].update(document.counts)
    return {label: {part: found[part][label] / n for part in SHARES} for label, n in total.items()}


def corpus(seed=0, n=400):
    """Documents of one to four pages; Rare is on one in forty of them."""
    rng = np.random.default_rng(seed)
    return [
        [
            ["Signature"] * int(rng.integers(0, 3)) + ["Stamp"] * int(rng.random() < 0.2) + ["Rare"] * int(i % 40 == 0)
            for _ in range(rng.integers(1, 5))
        ]
        for i in range(n)
    ]


def test_every_label_lies_in_each_part_in_its_share():
    raw = raw_set(corpus())
    assign([raw], SHARES, 0, False)
    for label, found in shares_of(raw).items():
        for part, share in SHARES.items():
            assert found[part] == pytest.approx(share, abs=0.06 if label == "Rare" else 0.01), (label, part)
    assert all(len(found) == 1 for found in parts(raw).values())


def test_pages_that_are_added_move_none():
    documents = corpus()
    raw = raw_set(documents)
    assign([raw], SHARES, 0, False)
    before = parts(raw)
    raw.data["images"].append({"id": 9999, "file_name": "new.png", "group": "g3"})
    more = raw_set(corpus(1, 100), start=400)
    assign([raw, more], SHARES, 0, False)
    assert {name: found for name, found in parts(raw).items() if name in before} == before
    together = Counter(next(iter(found)) for found in (parts(raw) | parts(more)).values())
    assert together["val"] == pytest.approx(50, abs=8) and together["test"] == pytest.approx(50, abs=8)


def test_seeds():
    drawn = []
    for seed in (0, 0, 1):
        raw = raw_set(corpus())
        assign([raw], SHARES, seed, False)
        drawn.append(parts(raw))
    assert drawn[0] == drawn[1] != drawn[2]


def test_again_deals_out_anew():
    raw = raw_set(corpus(n=50))
    for image in raw.data["images"]:
        image["split"] = "train"
    assert assign([raw], SHARES, 0, False).total() == 0
    assert assign([raw], SHARES, 0, True).total() == 50
    assert set().union(*parts(raw).values()) == set(SHARES)


@given(
    st.lists(st.lists(st.lists(st.sampled_from("abc"), max_size=3), min_size=1, max_size=3), max_size=12), st.integers()
)
@settings(max_examples=60)
def test_every_document_is_in_one_part(documents, seed):
    raw = raw_set(documents)
    dealt = assign([raw], SHARES, seed, False)
    assert dealt.total() == len(documents)
    assert all(len(found) == 1 for found in parts(raw).values())


def test_ratios():
    assert parse_shares("80:10:10") == pytest.approx({"train": 0.8, "test": 0.1, "val": 0.1})
    assert parse_shares("3:1") == pytest.approx({"train": 0.75, "val": 0.25})
    for wrong in ("", "80", "80:a", "0:1", "-1:2", "1:2:3:4", "nan:1"):
        with pytest.raises(DocmarksError, match="write train:test:val"):
            parse_shares(wrong)


def test_other_keys_of_the_file_stay(tmp_path):
    data = {"images": [{"id": 1, "file_name": "a.png", "mine": [1]}], "annotations": [], "licenses": [{"id": 4}]}
    (tmp_path / "annotations.json").write_text(json.dumps(data))
    raw = RawSet.load(tmp_path)
    assign([raw], SHARES, 0, False)
    raw.save()
    back = json.loads((tmp_path / "annotations.json").read_text())
    assert back["licenses"] == data["licenses"] and back["images"][0]["mine"] == [1]
    assert back["images"][0]["split"] == "train"


def test_what_is_in_few_documents_is_there_to_learn():
    raw = raw_set([[["Signature"]] for _ in range(30)] + [[["Redaction"] * 3]] + [[["Stamp"]] for _ in range(4)])
    assign([raw], SHARES, 0, False)
    found = shares_of(raw)
    assert found["Redaction"]["train"] == 1 and found["Stamp"]["train"] == 0.75
    assert found["Signature"]["train"] == pytest.approx(0.8, abs=0.04)
