from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.errors import DocmarksError
from docmarks.labels.taxonomy import LABELS
from docmarks.synth.family import MIXTURES, Family, apportion, load_mixture, names
from docmarks.synth.plan import plan
from label_counts import all_counts

# Copied from the published label counts, as they are written there.
JOINED = {
    "Signature": 2330, "Other Text": 1041, "Redaction": 3101, "Date": 1093, "Initials": 3403, "Initials-Stamp": 24,
    "Address": 354, "Strikethrough": 215, "Name": 891, "Filled Checkbox": 898, "Unfilled Checkbox": 532,
    "Date-Stamp": 202, "Empty Signature Zone": 65, "Name-Stamp": 114, "Other Text-Stamp": 43, "Name-Strikethrough": 2,
    "Name-Other Text-Stamp": 5, "Date-Initials": 5, "Stamp": 7, "Date-Other Text-Signature-Stamp": 1,
    "Stamp-Strikethrough": 1, "Printed-Title": 25, "Address-Printed": 9, "Name-Printed": 11, "Title": 38,
    "Correction": 2, "Correction-Other Text": 2, "Stamp-Title": 2, "Address-Empty": 1, "Empty-Initials": 1,
    "Date-Empty": 1, "Date-Printed": 2, "Signature-Stamp": 1, "Filled Checkbox-Strikethrough": 1,
    "Strikethrough-Unfilled Checkbox": 5, "Other Text-Strikethrough": 3, "Name-Signature": 1, "Date-Strikethrough": 3,
    "Address-Stamp": 1, "Filled Checkbox-Redaction": 1, "Filled Checkbox-Unfilled Checkbox": 1, "Strikethrough4": 4,
}  # fmt: skip
ALL = {
    "Signature": 2333, "Other Text": 1095, "Redaction": 3102, "Date": 1307, "Initials": 3433, "Stamp": 401,
    "Address": 365, "Strikethrough": 230, "Name": 1024, "Filled Checkbox": 901, "Unfilled Checkbox": 538,
    "Empty Signature Zone": 65, "Printed": 47, "Title": 65, "Correction": 4, "Empty": 3, "Strikethrough4": 4,
}  # fmt: skip


def counted(orders):
    return Counter(joined for order in orders for joined in order.marks)


@pytest.mark.parametrize("seed", [0, 7])
def test_the_lease_plan_has_the_published_counts(seed):
    family = Family.load("lease")
    orders = plan(family, 2339, seed)
    counts = counted(orders)
    assert len(orders) == family.pages == 2339 and len(JOINED) == 42
    assert counts == JOINED and all_counts(counts) == ALL
    assert max(len(order.marks) for order in orders) <= family.most
    assert 0.05 < sum(not order.marks for order in orders) / 2339 < 0.3


def test_boxes_that_belong_together_share_pages():
    orders = plan(Family.load("lease"), 2339, 0)
    with_date = [order for order in orders if "Date" in order.marks]
    assert sum("Signature" in order.marks for order in with_date) > 0.9 * len(with_date)
    with_square = [order for order in orders if "Filled Checkbox" in order.marks]
    assert sum(order.kind == "form" for order in with_square) > 0.9 * len(with_square)


@pytest.mark.parametrize("name", sorted(set(names()) - set(MIXTURES)))
def test_every_family_is_dealt_out_in_full(name):
    family = Family.load(name)
    for pages in (1, 7, 90):
        counts = counted(plan(family, pages, 1))
        assert counts.total() == round(sum(family.counts.values()) * pages / family.pages)
        for joined, count in counts.items():
            assert abs(count - family.counts[joined] * pages / family.pages) <= 1
    assert plan(family, 30, 1) == plan(family, 30, 1) != plan(family, 30, 2)


@given(st.dictionaries(st.sampled_from(LABELS), st.integers(1, 1000), min_size=1), st.integers(0, 5000))
def test_apportioning_gives_out_everything_and_nobody_gains_more_than_one(shares, total):
    dealt = apportion(shares, total)
    whole = sum(shares.values())
    assert sum(dealt.values()) == total
    assert all(abs(dealt[name] - share * total / whole) < 1 for name, share in shares.items())
    assert apportion(shares, whole) == shares


def test_apportioning_by_hand():
    # Quotas 2.5, 1.5, 1.0 of 5: the largest remainders are equal, so the first gets the odd one.
    assert apportion({"a": 5, "b": 3, "c": 2}, 5) == {"a": 3, "b": 1, "c": 1}
    assert apportion({"a": 0}, 3) == {"a": 0}


def test_all_docs_has_the_published_size():
    mixture = load_mixture("all-docs")
    sizes = {part.name: part.pages for part in mixture.parts}
    assert mixture.pages == 5871 and (sizes["lease"], sizes["fcc"]) == (2339, 2087)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: [", "not readable as YAML"),
        ("name: x\nabout: y\npages: 0\n", "pages"),
        (None, "no such family"),
    ],
)
def test_families_that_are_wrong(tmp_path, text, message):
    file = tmp_path / "own.yaml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(DocmarksError, match=message):
        Family.load(str(file))


def test_a_family_of_ones_own_may_not_name_what_does_not_exist(tmp_path):
    from docmarks.synth.family import FAMILIES

    file = tmp_path / "own.yaml"
    file.write_text((FAMILIES / "fcc.yaml").read_text().replace("Initials: 150", "Initalls: 150"))
    with pytest.raises(DocmarksError, match="unknown label Initalls"):
        Family.load(str(file))
    file.write_text((FAMILIES / "fcc.yaml").read_text() + "scaner: {}\n")
    with pytest.raises(DocmarksError, match=r"unknown key scaner; did you mean scanner\?"):
        Family.load(str(file))
    file.write_text((FAMILIES / "ufo.yaml").read_text().replace("eras: {typewriter: 1}", "eras: {typewriter: 0}"))
    with pytest.raises(DocmarksError, match="eras needs weights"):
        Family.load(str(file))
