import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docmarks.data.coco_file import read, to_json, write
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.labels.taxonomy import LABELS
from docmarks.marks import Mark, Page

labels = st.lists(st.sampled_from([*LABELS, "Barcode"]), max_size=3, unique=True).map(tuple)
share = st.floats(0, 1, allow_nan=False)


@st.composite
def dataset_pages(draw):
    """A page of 1 to 4000 pixels a side; its marks lie on it; one without labels is ignored."""
    width, height = draw(st.integers(1, 4000)), draw(st.integers(1, 4000))
    marks = []
    for names, ignore, x, y in draw(
        st.lists(st.tuples(labels, st.booleans(), st.tuples(share, share), st.tuples(share, share)), max_size=5)
    ):
        (left, right), (top, bottom) = sorted(v * width for v in x), sorted(v * height for v in y)
        marks.append(Mark((left, top, right, bottom), names, ignore=ignore or not names))
    group, exhaustive = draw(st.text(max_size=8)), draw(st.frozensets(st.sampled_from([*LABELS, "Ink"])))
    dpi = draw(st.floats(1, 1200))
    part = draw(st.sampled_from(["", "train", "val", "test"]))
    return Page(width, height, dpi, marks=tuple(marks)), group, exhaustive, part


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


@given(st.lists(dataset_pages(), max_size=4))
@settings(max_examples=50)
def test_what_was_written_is_read_back(tmp_path_factory, drawn):
    folder = tmp_path_factory.mktemp("set")
    pages = tuple(
        DatasetPage(folder / f"images/{n}.png", page, group, exhaustive, {"fields": [n]}, part)
        for n, (page, group, exhaustive, part) in enumerate(drawn)
    )
    write(Dataset(folder, "made", pages, {"licence": "CC0"}), folder / "annotations.json")
    back = read(folder)
    assert back.name == "made" and back.info["licence"] == "CC0"
    for got, wanted in zip(back.pages, pages, strict=True):
        assert replace(got, page=wanted.page) == wanted
        assert replace(got.page, marks=wanted.page.marks) == wanted.page
        for a, b in zip(got.page.marks, wanted.page.marks, strict=True):
            assert a.labels == b.labels and a.ignore == b.ignore and a.box == pytest.approx(b.box, abs=1e-9)


def test_reading_and_writing_again_changes_nothing_more(tmp_path):
    write(load(tmp_path, minimal()), tmp_path / "annotations.json")
    first = (tmp_path / "annotations.json").read_bytes()
    write(read(tmp_path), tmp_path / "annotations.json")
    assert (tmp_path / "annotations.json").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["annotations.json"]


def test_written_elsewhere_the_images_are_still_found(tmp_path):
    write(load(tmp_path, minimal()), tmp_path / "sub" / "other.json")
    (page,) = read(tmp_path / "sub" / "other.json").pages
    assert page.file.resolve() == (tmp_path / "a.png").resolve()


def test_a_file_name_that_is_no_utf8_survives(tmp_path):
    write(load(tmp_path, minimal(**image(file_name="a\udcff.png"))), tmp_path / "annotations.json")
    assert read(tmp_path).pages[0].file.name == "a\udcff.png"


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    (tmp_path / "annotations.json").write_text("\ufeff" + json.dumps(minimal()), encoding="utf-8")
    assert len(read(tmp_path).pages) == 1


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    dataset = load(tmp_path, minimal())
    before = (tmp_path / "annotations.json").read_bytes()
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(DocmarksError, match="cannot be written"):
        write(dataset, tmp_path / "annotations.json")
    assert (tmp_path / "annotations.json").read_bytes() == before


def test_image_files_are_absolute(tmp_path, monkeypatch):
    load(tmp_path, minimal())
    monkeypatch.chdir(tmp_path)
    assert read(Path()).pages[0].file == tmp_path / "a.png"


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


def image(**changes):
    return {"images": [{"id": 7, "file_name": "a.png", "width": 100, "height": 200, **changes}]}


def annotation(**changes):
    record = {"id": 3, "image_id": 7, "category_id": 1, "bbox": [0, 0, 1, 1], **changes}
    return {"annotations": [{key: value for key, value in record.items() if value is not None}]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": "none"}, "images must be a list of objects"),
        ({"annotations": [1]}, "annotations must be a list of objects"),
        ({"categories": {}}, "categories must be a list of objects"),
        ({"categories": [{"id": 1}]}, "needs an id and a name"),
        ({"info": []}, None),
        ({"info": ["x"]}, "info must be an object"),
        ({"info": {"exhaustive": "Signature"}}, "info.exhaustive must be a list of labels"),
        ({"info": {"exhaustive": ["Signatur"]}}, "unknown label Signatur; did you mean Signature"),
        ({"images": [{"id": 7, "file_name": "a.png", "width": 100}]}, "image a.png has no height"),
        ({"images": [{"id": 7}]}, "image 7 has no file_name"),
        ({"images": []}, "annotation 3 has the image_id 7, which no image has"),
        ({"images": image()["images"] * 2}, "two images have the same id"),
        (image(width=0), "size 0 x 200"),
        (image(height=10.5), "size 100 x 10.5"),
        (image(width="100"), "size 100 x 200; write whole pixels"),
        (image(width=100.0), None),
        (image(id=[7]), "needs a number as id"),
        (image(dpi=0), "image a.png has the dpi 0"),
        (image(exhaustive={}), "exhaustive of image a.png must be a list"),
        (image(exhaustive=["Stemp"]), "did you mean Stamp"),
        (annotation(category_id=9), "annotation 3 .a.png. has the category 9"),
        (annotation(category_id=[1]), "category .1., which is not in categories"),
        (annotation(labels=["Stamps"]), "labels of annotation 3 .a.png.: unknown label Stamps; did you mean Stamp"),
        (annotation(labels="Stamp"), "must be a list of labels"),
        (annotation(labels=[]), "has no label"),
        (annotation(labels=[], uncertain=True), None),
        (annotation(labels=["Strikethrough4"]), None),
        (annotation(bbox=[0, 0, -1, 1]), "negative"),
        (annotation(bbox=[0, 0, 1]), "four numbers"),
        (annotation(bbox=None), "four numbers"),
        (annotation(bbox=[0, 0, float("nan"), 1]), "four numbers"),
        (annotation(bbox=[101, 0, 5, 5]), "annotation 3 .a.png. lies outside its page of 100 x 200"),
        (annotation(bbox=[0, -9, 5, 5]), "lies outside"),
        (annotation(bbox=[-2, 0, 5, 5]), None),
        (annotation(id=None, bbox=[0]), "annotation number 1"),
        (annotation(image_id=None), "image_id None"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, changes, message):
    if message is None:
        assert len(load(tmp_path, minimal(**changes)).pages) == 1
        return
    with pytest.raises(DocmarksError, match=message) as error:
        load(tmp_path, minimal(**changes))
    assert str(error.value).startswith(str(tmp_path / "annotations.json")) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b'{"images": [', "broken JSON at line 1, column"), (b"[]", "not a COCO file"), (b"\xff", "not UTF-8")],
)
def test_a_file_that_is_none(tmp_path, content, message):
    (tmp_path / "annotations.json").write_bytes(content)
    with pytest.raises(DocmarksError, match=message):
        read(tmp_path)


def test_no_such_folder(tmp_path):
    with pytest.raises(DocmarksError, match=r"a data set is a folder with annotations\.json"):
        read(tmp_path / "nowhere.json")


def test_a_plain_coco_reader_understands_the_file(tmp_path):
    pycocotools = pytest.importorskip("pycocotools.coco")
    dataset = load(tmp_path, minimal())
    (tmp_path / "again.json").write_text(json.dumps(to_json(dataset, tmp_path)))
    coco = pycocotools.COCO(str(tmp_path / "again.json"))
    (annotation,) = coco.loadAnns(coco.getAnnIds())
    assert annotation["bbox"] == [10, 20, 30, 40]
    assert coco.loadCats([annotation["category_id"]])[0]["name"] == "Signature"
