from collections import Counter
from pathlib import Path

import pytest

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.stats import stats
from docmarks.marks import Mark, Page
from docmarks.report.data_page import data_page


def dataset(*pages):
    """Pages as (part, size, marks, exhaustive)."""
    made = tuple(
        DatasetPage(Path(f"{i}.png"), Page(*size, marks=tuple(marks)), f"g{i}", frozenset(known), part=part)
        for i, (part, size, marks, known) in enumerate(pages)
    )
    return Dataset(Path(), "made", made)


MADE = dataset(
    (
        "train",
        (1700, 2200),
        [
            Mark((0, 0, 170, 80), ("Signature",)),
            Mark((0, 0, 340, 80), ("Stamp", "Date")),
            Mark((0, 0, 9, 9), (), ignore=True),
        ],
        ["Signature", "Date"],
    ),
    ("val", (850, 1100), [Mark((0, 0, 100, 100), ("Signature",))], ["Signature"]),
    ("val", (850, 1100), [], []),
)


def test_counts_and_sizes():
    found = stats([MADE], 850, 1100)
    told = found.to_json()
    assert told["all_counts"] == {"Signature": 2, "Stamp": 1, "Date": 1}
    assert told["joined_counts"] == {"Signature": 2, "Date-Stamp": 1}
    assert told["parts"]["val"]["joined_counts"] == {"Signature": 1} and "test" not in told["parts"]
    assert told["pages"] == {"train": 1, "val": 2} and told["groups"] == {"train": 1, "val": 2}
    assert told["uncertain"] == 1 and told["exhaustive_pages"] == {"Signature": 2, "Date": 1}
    assert told["boxes_a_page"] == {"0": 1, "1": 1, "2": 1}
    assert told["page_sizes"][0] == {"width": 850, "height": 1100, "pages": 2}
    # 170 x 80 on 1700 x 2200, resized to a half; 100 x 100 stays.
    assert sorted(found.sizes["Signature"].widths) == [85, 100]
    assert sorted(found.sizes["Signature"].sides) == pytest.approx([(85 * 40) ** 0.5, 100])
    assert found.together["boxes"] == Counter({("Date", "Stamp"): 1})
    assert found.together["pages"][("Date", "Signature")] == 1


def test_the_long_side_limits_the_resize():
    found = stats([dataset(("train", (1000, 4000), [Mark((0, 0, 100, 100), ("Date",))], []))], 800, 1000)
    assert found.sizes["Date"].widths == pytest.approx([25])


def test_the_page_shows_every_number():
    page = data_page(stats([MADE], 850, 1100), "a <set>")
    assert "a &lt;set&gt;" in page and "<td>Date-Stamp</td>" in page and page.count("<svg") == 3
    assert not any(outside in page for outside in ("<script", "<link", "src=", "@import"))


def test_an_empty_set():
    empty = stats([dataset()], 850, 1100)
    assert empty.labels == [] and "<svg" not in data_page(empty, "none")
