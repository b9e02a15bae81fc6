import pytest
from hypothesis import given
from hypothesis import strategies as st

from docmarks.errors import DocmarksError
from docmarks.pages.selection import chosen, parse_pages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1-3", [1, 2, 3]),
        ("2", [2]),
        ("1,4-5", [1, 4, 5]),
        ("4-", [4, 5]),
        ("5,1", [1, 5]),
        ("3-99", [3, 4, 5]),
        (" 2 , 3 ", [2, 3]),
    ],
)
def test_pages_of_a_document_of_five(text, expected):
    assert chosen(5, parse_pages(text)) == expected


def test_all_pages_by_default():
    assert chosen(3, None) == [1, 2, 3]


@pytest.mark.parametrize("text", ["", "0", "a", "3-1", "1--2", "-3", "1,,2", "1.5", "²", "1-²", "1" * 5000])
def test_what_is_no_list_of_pages(text):
    with pytest.raises(DocmarksError, match="--pages"):
        parse_pages(text)


@given(st.sets(st.integers(1, 40), min_size=1))
def test_any_set_of_pages_can_be_written_down(pages):
    assert chosen(40, parse_pages(",".join(map(str, pages)))) == sorted(pages)


def test_a_list_of_numbers_is_told_how_to_be_one():
    with pytest.raises(DocmarksError, match=r'pages \[1\]: no list of pages as a text; write for example "1-3,7"'):
        parse_pages([1])
