import pytest

from docmarks.data.coco_file import FILE, read, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.merge import SET, merge, shared_groups
from docmarks.errors import DocmarksError
from docmarks.marks import Mark, Page


def dataset(folder, name, labels, group="g"):
    mark = Mark((1, 2, 30, 40), (labels[0],))
    pages = (DatasetPage(folder / "a.png", Page(100, 120, marks=(mark,)), group, frozenset(labels), part="val"),)
    return Dataset(folder, name, pages, {"license": "CC0"})


def test_pages_keep_what_is_known_on_them(tmp_path):
    sets = [dataset(tmp_path / "one", "one", ["Signature"]), dataset(tmp_path / "two", "two", ["Stamp", "Date"])]
    write(merge(sets, "both", tmp_path / "m"), tmp_path / "m" / FILE)
    back = read(tmp_path / "m")
    assert [page.exhaustive for page in back.pages] == [{"Signature"}, {"Stamp", "Date"}]
    assert [page.file for page in back.pages] == [tmp_path / "m/../one/a.png", tmp_path / "m/../two/a.png"]
    assert [page.extra[SET] for page in back.pages] == ["one", "two"] and {page.part for page in back.pages} == {"val"}
    assert [source["name"] for source in back.info["sources"]] == ["one", "two"]
    assert back.info["sources"][0]["license"] == "CC0"
    assert [mark.labels for page in back.pages for mark in page.page.marks] == [("Signature",), ("Stamp",)]
    assert shared_groups(sets) == {"g": ["one", "two"]}


def test_a_page_of_two_sets_has_the_marks_of_both(tmp_path):
    (tmp_path / "two").mkdir()
    sets = [dataset(tmp_path, "one", ["Signature"]), dataset(tmp_path / "two" / "..", "two", ["Stamp"])]
    write(merge(sets, "both", tmp_path / "m"), tmp_path / "m" / FILE)
    [page] = read(tmp_path / "m").pages
    assert page.exhaustive == {"Signature", "Stamp"} and page.extra[SET] == "one" and shared_groups(sets) == {}
    assert [mark.labels for mark in page.page.marks] == [("Signature", "Stamp")]  # one box, drawn twice


def test_two_sets_that_call_one_label_complete_on_one_page(tmp_path):
    with pytest.raises(DocmarksError, match=r"a\.png: Date is fully annotated in two data sets"):
        merge([dataset(tmp_path, "one", ["Date"]), dataset(tmp_path, "two", ["Date"])], "m", tmp_path)


def grouped(folder, name, label, groups, part=""):
    """A set of pages a.png, b.png, ... of these groups; None: each is its own document."""
    pages = tuple(
        DatasetPage(folder / f"{letter}.png", Page(100, 120), group or f"{letter}.png", frozenset([label]), part=part)
        for letter, group in groups.items()
    )
    return Dataset(folder, name, pages)


@pytest.mark.parametrize("order", [1, -1])
def test_documents_that_share_a_page_are_one(tmp_path, order):
    sets = [
        grouped(tmp_path, "one", "Date", {"a": None, "c": None}),
        grouped(tmp_path, "two", "Stamp", {"a": "contract 17", "b": "contract 17"}),
        grouped(tmp_path, "three", "Signature", {"b": "17", "d": "17"}),
    ]
    pages = merge(sets[::order], "all", tmp_path).pages
    groups = {page.file.stem: page.group for page in pages}
    assert groups["c"] == "c.png" and groups["a"] == groups["b"] == groups["d"] in ("contract 17", "17")


def test_a_document_that_would_be_in_two_parts_is_told(tmp_path):
    one = grouped(tmp_path, "one", "Date", {"a": "x"}, "train")
    two = grouped(tmp_path, "two", "Stamp", {"a": "y"})
    three = grouped(tmp_path, "three", "Signature", {"b": "y"}, "val")
    with pytest.raises(DocmarksError, match=r"b\.png: is for val, and .*a\.png of the same document \(x\) for train"):
        merge([one, two, three], "all", tmp_path)
