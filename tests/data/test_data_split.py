from pathlib import Path

import pytest

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.split import is_validation, pages_of, split
from docmarks.marks import Page


def dataset(groups):
    pages = tuple(DatasetPage(Path(f"{i}.png"), Page(1, 1), g, frozenset()) for i, g in enumerate(groups))
    return Dataset(Path(), "s", pages)


def test_documents_stay_whole_and_nothing_is_lost():
    groups = [f"document {i // 3}" for i in range(300)]
    training, validation = split(dataset(groups))
    assert not {p.group for p in training.pages} & {p.group for p in validation.pages}
    assert len(training.pages) + len(validation.pages) == 300


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2, 0.5, 1.0])
def test_the_share_is_about_right(share):
    found = sum(is_validation(f"group {i}", share) for i in range(4000)) / 4000
    assert found == pytest.approx(share, abs=0.03)


def test_the_hash_is_the_documented_one():
    # SHA-256 of "a" starts with ca978112ca1bbdca, of "f" with 252f10c83610ebca.
    assert not is_validation("a", 0xCA978112CA1BBDCA / 2**64) and is_validation("a", 0.8)
    assert is_validation("f", 0.2) and not is_validation("f", 0.14)


def test_any_text_can_name_a_group():
    assert is_validation("a\udcff", 1.0) and is_validation("", 1.0) and not is_validation("", 0.0)


def test_a_pages_own_part_goes_before_its_hash():
    pages = tuple(DatasetPage(Path(p), Page(1, 1), p, frozenset(), part=p) for p in ("train", "val", "test"))
    dataset = Dataset(Path(), "d", pages)
    assert [[page.part for page in part.pages] for part in split(dataset)] == [["train"], ["val"]]
    assert [page.part for page in pages_of(dataset, "test").pages] == ["test"]
