import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.data.coco_file import read, to_json, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark, Page

number = st.floats(0, 3000, allow_nan=False, width=32).map(float)
labels = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True).map(tuple)
marks = st.builds(
    lambda x, y, w, h, names, ignore: Mark((x, y, x + w, y + h), names, ignore=ignore),
    number, number, number, number, labels, st.booleans(),
)  # fmt: skip
pages = st.builds(
    lambda i, found, exhaustive, group: (i, found, exhaustive, group),
    st.integers(1, 4000), st.lists(marks, max_size=5).map(tuple), st.frozensets(st.sampled_from(LABELS)), st.text(max_size=8),
)  # fmt: skip


def minimal(**changes):
    data = {
        "info": {"name": "mini", "exhaustive": ["Signature"]},
        "categories": [{"id": 1, "name": "Signature"}],
        "images": [{"id": 7, "file_name": "a.png", "width": 100, "height": 200}],
        "annotations": [{"id": 3, "image_id": 7, "category_id": 1, "bbox": [10, 20, 30, 40]}],
    }
    return {**data, **changes}


def load(tmp_path, data):
    (tmp_path / "annotations.json").write_text(data if isinstance(data, str) else json.dumps(data))
    return read(tmp_path)


@given(st.lists(pages, max_size=4))
@settings(deadline=None, max_examples=50)
def test_what_was_written_is_read_back(tmp_path_factory, drawn):
    folder = tmp_path_factory.mktemp("set")
    made = Dataset(
        folder,
        "made",
        tuple(
            DatasetPage(
                folder / f"images/{n}.png", Page(i, i + 1, 200.0, marks=found), group, exhaustive, {"k": [n]}
            )
            for n, (i, found, exhaustive, group) in enumerate(drawn)
        ),
        {"licence": "CC0"},
    )
    write(made, folder / "annotations.json")
    back = read(folder)
    assert back.name == "made" and back.info["licence"] == "CC0"
    for got, wanted in zip(back.pages, made.pages, strict=True):
        assert (got.file, got.group, got.exhaustive, got.extra) == (
            wanted.file, wanted.group, wanted.exhaustive, wanted.extra
        )  # fmt: skip
        assert (got.page.width, got.page.height, got.page.dpi) == (
            wanted.page.width,
            wanted.page.height,
            200.0,
        )
        for a, b in zip(got.page.marks, wanted.page.marks, strict=True):
            assert a.labels == b.labels and a.ignore == b.ignore and a.box == pytest.approx(b.box, abs=1e-9)


def test_box_is_x_y_width_height_on_disk_and_edges_in_memory(tmp_path):
    (page,) = load(tmp_path, minimal()).pages
    assert page.page.marks[0].box == (10, 20, 40, 60) and page.page.marks[0].labels == ("Signature",)
    assert page.file == tmp_path / "a.png" and page.group == "a.png" and page.exhaustive == {"Signature"}


@pytest.mark.parametrize(("own", "expected"), [(["Stamp"], {"Stamp"}), ([], set())])
def test_a_page_overrides_what_the_set_says_is_exhaustive(tmp_path, own, expected):
    image = {"id": 7, "file_name": "a.png", "width": 100, "height": 200, "exhaustive": own}
    assert load(tmp_path, minimal(images=[image])).pages[0].exhaustive == expected


def test_plain_coco_counts_as_fully_annotated_for_its_categories(tmp_path):
    assert load(tmp_path, minimal(info={})).pages[0].exhaustive == {"Signature"}


@pytest.mark.parametrize("mark", [{"uncertain": True}, {"iscrowd": 1}, {"visible_box": False}])
def test_what_cannot_be_judged_is_ignored(tmp_path, mark):
    record = {"id": 3, "image_id": 7, "labels": ["Signature"], "bbox": [1, 2, 3, 4], **mark}
    assert load(tmp_path, minimal(annotations=[record])).pages[0].page.marks[0].ignore


def test_relabelling_ignores_what_the_set_drops(tmp_path):
    records = [
        {"id": 1, "image_id": 7, "labels": ["Name", "Printed"], "bbox": [0, 0, 5, 5]},
        {"id": 2, "image_id": 7, "labels": ["Name"], "bbox": [0, 0, 5, 5]},
    ]
    (page,) = load(tmp_path, minimal(annotations=records)).relabel(LabelSet.load("default")).pages
    assert [(m.labels, m.ignore) for m in page.page.marks] == [((), True), (("Handwriting",), False)]
    assert page.exhaustive == {"Signature"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("{", "broken JSON at line 1"),
        ("[]", "not a COCO file"),
        (minimal(images=[{"id": 7, "file_name": "a.png", "width": 100}]), "image 7 has no height"),
        (minimal(images=[]), "the image 7, which is not among the images"),
        (
            minimal(annotations=[{"id": 3, "image_id": 7, "category_id": 9, "bbox": [0, 0, 1, 1]}]),
            "the category 9",
        ),
        (
            minimal(annotations=[{"id": 3, "image_id": 7, "labels": ["Stamps"], "bbox": [0, 0, 1, 1]}]),
            "mean Stamp",
        ),
        (
            minimal(annotations=[{"id": 3, "image_id": 7, "category_id": 1, "bbox": [0, 0, -1, 1]}]),
            "negative",
        ),
        (
            minimal(annotations=[{"id": 3, "image_id": 7, "category_id": 1, "bbox": [0, 0, 1]}]),
            "four numbers",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path, data, message):
    with pytest.raises(DocmarksError, match=message) as error:
        load(tmp_path, data)
    assert "annotations.json" in str(error.value) and "\n" not in str(error.value)


def test_no_such_folder(tmp_path):
    with pytest.raises(DocmarksError, match="a data set is a folder with annotations.json"):
        read(tmp_path / "nowhere.json")


def test_a_plain_coco_reader_understands_the_file(tmp_path):
    pycocotools = pytest.importorskip("pycocotools.coco")
    dataset = load(tmp_path, minimal())
    (tmp_path / "again.json").write_text(json.dumps(to_json(dataset, tmp_path)))
    coco = pycocotools.COCO(str(tmp_path / "again.json"))
    (annotation,) = coco.loadAnns(coco.getAnnIds())
    assert annotation["bbox"] == [10, 20, 30, 40]
    assert coco.loadCats([annotation["category_id"]])[0]["name"] == "Signature"
