from docmarks.labels.explain import explain
from docmarks.labels.label_set import LabelSet


def test_every_rule_that_fired_is_named():
    combinations = {
        ("Name", "Stamp"): 5,
        ("Strikethrough4",): 4,
        ("Printed", "Title"): 3,
        ("Date", "Initials"): 2,
        ("Signature",): 9,
    }
    rows = {row.source: row for row in explain(combinations, LabelSet.load("v2"))}
    assert list(rows) == ["Signature", "Name-Stamp", "Strikethrough4", "Printed-Title", "Date-Initials"]
    assert rows["Name-Stamp"].target == "Handwriting-Stamp" and rows["Name-Stamp"].trace == (
        "Name becomes Handwriting",
    )
    assert rows["Strikethrough4"].target == "Strikethrough"
    assert rows["Strikethrough4"].trace == ("Strikethrough4 means Strikethrough",)
    assert rows["Printed-Title"].target == "" and rows["Printed-Title"].trace == ("dropped: carries Printed",)
    assert rows["Date-Initials"].trace == ("dropped: Date and Initials together",)
    assert rows["Signature"].trace == ()


def test_a_label_outside_the_set_is_named():
    (row,) = explain({("Signature", "Title"): 1}, LabelSet(name="own", labels=("Signature",)))
    assert row.target == "Signature" and row.trace == ("Title is not in the set",)
