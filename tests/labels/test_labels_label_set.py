import pytest

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
    assert mapped.labels == expected and bool(mapped.dropped) == (not expected)


def test_the_trace_says_which_rule_did_what():
    mapped = LabelSet.load("default").apply(["Correction", "Name", "Signature"])
    assert mapped.trace == (
        "Correction taken off",
        "Name becomes Handwriting",
        "Signature wins over Handwriting",
    )
    assert LabelSet.load("default").apply(["Name", "Printed"]).dropped == "carries Printed"


def test_a_merged_label_is_exhaustive_only_if_all_its_sources_are():
    default = LabelSet.load("default")
    assert default.sources("Handwriting") == {"Name", "Title", "Address", "Other Text"}
    assert default.exhaustive(["Name", "Title", "Address", "Signature"]) == {"Signature"}
    assert "Handwriting" in default.exhaustive(["Name", "Title", "Address", "Other Text"])
    assert default.exhaustive(LABELS) == set(default.labels)


def test_a_set_of_the_users_own(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nlabels: [Ink]\nmerge: {Ink: [Signature, Initials]}\n")
    mine = LabelSet.load(path)
    assert (
        mine.apply(["Initials"]).labels == ("Ink",) and mine.apply(["Stamp"]).dropped == "no label of the set"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: m\nlabels: [A]\nmerged: {}\n", "unknown key merged; did you mean merge"),
        ("name: m\nlabels: [Stamp]\nremove: [Signatur]\n", "unknown label Signatur; did you mean Signature"),
        ("name: m\n", "labels: Field required"),
        ("name: [", "not a readable label set"),
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
