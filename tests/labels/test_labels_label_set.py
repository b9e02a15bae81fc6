import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.errors import DocmarksError
from docmarks.labels.label_set import SETS, LabelSet
from docmarks.labels.taxonomy import LABELS


def test_sixteen_labels():
    assert len(LABELS) == len(set(LABELS)) == 16


@pytest.mark.parametrize("name", sorted(path.stem for path in SETS.glob("*.yaml")))
def test_every_shipped_set_loads_under_its_name(name):
    assert LabelSet.load(name).name == name


@pytest.mark.parametrize(
    ("name", "source", "expected"),
    [
        ("default", ["Date", "Stamp"], ("Date", "Stamp")),
        ("default", ["Name", "Other Text"], ("Handwriting",)),
        ("default", ["Name", "Signature"], ("Signature",)),
        ("default", ["Correction", "Date"], ("Date",)),
        ("default", ["Correction"], ()),
        ("default", ["Name", "Printed"], ()),
        ("default", ["Empty Signature Zone"], ()),
        ("default", ["Filled Checkbox", "Unfilled Checkbox"], ()),
        ("default", ["Strikethrough4"], ("Strikethrough",)),
        ("v1-single", ["Name", "Signature"], ("Signature",)),
        ("v1-single", ["Strikethrough4"], ()),
        ("v1", ["Name", "Signature"], ("Handwriting", "Signature")),
        ("v2-single", ["Date", "Other Text", "Signature", "Stamp"], ("Stamp",)),
        ("v2-single", ["Date", "Strikethrough"], ("Strikethrough",)),
        ("v3", ["Filled Checkbox"], ("Filled", "Checkbox")),
        ("v5", ["Date"], ("Date",)),
        ("v5", ["Date", "Initials"], ("Date",)),
    ],
)
def test_what_a_box_becomes(name, source, expected):
    mapped = LabelSet.load(name).apply(source)
    assert mapped.labels == expected


def test_the_trace_says_which_rule_did_what():
    mapped = LabelSet.load("default").apply(["Correction", "Name", "Signature"])
    assert mapped.trace == (
        "Correction taken off",
        "Name becomes Handwriting",
        "Signature wins over Handwriting",
    )
    assert LabelSet.load("default").apply(["Name", "Printed"]).trace[-1] == "dropped: carries Printed"


def test_a_merged_label_is_exhaustive_only_if_all_its_sources_are():
    default = LabelSet.load("default")
    assert default.sources("Handwriting") == {"Name", "Title", "Address", "Other Text"}
    assert default.exhaustive(["Name", "Title", "Address", "Signature"]) == {"Signature"}
    assert "Handwriting" in default.exhaustive(["Name", "Title", "Address", "Other Text"])
    assert default.exhaustive(LABELS) == set(default.labels)


@pytest.mark.parametrize("name", sorted(path.stem for path in SETS.glob("*.yaml")))
def test_every_label_of_a_shipped_set_comes_from_the_taxonomy(name):
    found = LabelSet.load(name)
    assert all(found.sources(label) <= set(LABELS) for label in found.labels)
    assert found.exhaustive([]) == frozenset()


@given(st.sampled_from(["default", "v1", "v2", "v3", "v4", "v5"]), st.sets(st.sampled_from(LABELS)))
def test_labels_that_are_already_of_the_set_stay(name, given_labels):
    found = LabelSet.load(name)
    mapped, complete = found.apply(given_labels), found.exhaustive(given_labels)
    if mapped.labels:
        assert found.apply(mapped.labels).labels == mapped.labels
    assert found.exhaustive(complete) >= complete - set(LABELS)


def test_the_order_on_a_box_does_not_matter():
    first, second = ["Date", "Stamp", "Name"], ["Name", "Stamp", "Date", "Name"]
    default = LabelSet.load("default")
    assert default.apply(first) == default.apply(second)
    assert default.apply(first).labels == ("Handwriting", "Date", "Stamp")  # the order of the set


def test_a_users_own_source_labels(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nlabels: [Signature, Barcode, Ink]\nrename: {sig: Signature, Name: Ink}\n")
    mine = LabelSet.load(path)
    assert mine.apply(["sig"]).labels == ("Signature",) and mine.apply(["Barcode"]).labels == ("Barcode",)
    assert mine.exhaustive(["sig"]) == {"Signature"} and mine.exhaustive(["Barcode"]) == {"Barcode"}
    assert mine.exhaustive(["Name"]) == {"Ink"} and mine.exhaustive([]) == frozenset()


def test_a_label_renamed_into_another_of_the_taxonomy_is_only_a_part_of_it(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nlabels: [Title]\nrename: {Name: Title}\n")
    assert LabelSet.load(path).exhaustive(["Name"]) == frozenset()
    assert LabelSet.load(path).exhaustive(["Name", "Title"]) == {"Title"}


def test_a_set_of_the_users_own(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nlabels: [Ink]\nmerge: {Ink: [Signature, Initials]}\n")
    mine = LabelSet.load(path)
    assert (
        mine.apply(["Initials"]).labels == ("Ink",)
        and mine.apply(["Stamp"]).trace[-1] == "dropped: no label of the set"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: m\nlabels: [A]\nmerged: {}\n", "unknown key merged; did you mean merge"),
        ("name: m\nlabels: [Stamp]\nremove: [Signatur]\n", "unknown label Signatur; did you mean Signature"),
        ("name: m\n", "labels: Field required"),
        ("name: [", "not a readable label set"),
        ("", "needs the keys name and labels"),
        ("- a\n", "needs the keys name and labels"),
        ("name: m\nlabels: []\n", "at least one label"),
        ("name: m\nlabels: [Stamp, Stamp]\n", "each once"),
        ("name: m\nlabels: [Ink]\nmerge: {Inks: [Date]}\n", "Inks is not among labels; did you mean Ink"),
        ("name: m\nlabels: [Stamp]\nsingle: [Date]\n", "Date is not among labels"),
        ("name: m\nlabels: [Signatur]\n", "nothing becomes Signatur; did you mean Signature"),
    ],
)
def test_a_wrong_file_is_one_line_with_the_nearest_name(tmp_path, text, message):
    path = tmp_path / "set.yaml"
    path.write_text(text)
    with pytest.raises(DocmarksError, match=message) as error:
        LabelSet.load(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)


def test_an_unknown_set_lists_those_there_are():
    with pytest.raises(DocmarksError, match="there are default, v1"):
        LabelSet.load("v9")
