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
