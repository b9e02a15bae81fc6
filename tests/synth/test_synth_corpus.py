import json

import pytest

from docmarks.data.coco_file import read
from docmarks.errors import DocmarksError
from docmarks.labels.taxonomy import LABELS
from docmarks.synth.corpus import JOURNAL, make_corpus
from docmarks.synth.ink.library import InkLibrary
from docmarks.synth.made import GeneralPages
from docmarks.synth.page import SyntheticPages


@pytest.fixture(scope="module")
def ink():
    return InkLibrary.builtin()


class Counting(SyntheticPages):
    made = 0

    def __call__(self, seed):
        self.made += 1
        return super().__call__(seed)


def test_a_corpus_is_a_data_set_and_goes_on_where_it_stopped(tmp_path, ink):
    pages = Counting(ink, ("slip",), zones=True)
    make_corpus(GeneralPages(pages, 2, 5), tmp_path)
    with (tmp_path / JOURNAL).open("a") as journal:
        journal.write('{"name": "5-00002.png", "wid')  # the run was cut off here
    first = make_corpus(GeneralPages(pages, 4, 5), tmp_path)
    assert pages.made == 4
    again = make_corpus(GeneralPages(pages, 4, 5), tmp_path)
    assert pages.made == 4 and again.pages == first.pages
    dataset = read(tmp_path)
    assert len(dataset.pages) == 4 and dataset.pages[0].exhaustive == set(LABELS) - {"Printed"}
    for made, kept in zip(first.pages, dataset.pages, strict=True):
        assert [mark.labels for mark in made.page.marks] == [mark.labels for mark in kept.page.marks]
        for a, b in zip(made.page.marks, kept.page.marks, strict=True):
            assert a.box == pytest.approx(b.box, abs=0.1)


def test_pages_whose_image_is_gone_are_made_again(tmp_path, ink):
    pages = Counting(ink, ("slip",))
    make_corpus(GeneralPages(pages, 2, 1), tmp_path)
    (tmp_path / "images" / "1-00001.png").unlink()
    make_corpus(GeneralPages(pages, 2, 1), tmp_path)
    assert pages.made == 3 and (tmp_path / "images" / "1-00001.png").exists()


def test_pages_made_in_another_way_are_not_mixed_in(tmp_path, ink):
    make_corpus(GeneralPages(SyntheticPages(ink, ("slip",)), 1, 1), tmp_path)
    for pages, seed in ((SyntheticPages(ink, ("letter",)), 1), (SyntheticPages(ink, ("slip",)), 2)):
        with pytest.raises(DocmarksError, match="choose another -o"):
            make_corpus(GeneralPages(pages, 1, seed), tmp_path)
    assert json.loads((tmp_path / JOURNAL).read_text().splitlines()[0])["kinds"] == ["slip"]


def test_a_folder_that_cannot_be_written(tmp_path, ink):
    (tmp_path / "file").write_text("")
    with pytest.raises(DocmarksError, match="cannot be written"):
        make_corpus(GeneralPages(SyntheticPages(ink, ("slip",)), 1, 1), tmp_path / "file")
