"""Each reader against a small set in the shape that its tool documents, with numbers worked out by hand."""

import json

import pytest

from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.formats.formats import detect, read_as, write_as
from docmarks.data.formats.intake import ASSUMED, Wanted
from docmarks.data.formats.notes import Notes
from docmarks.errors import DocmarksError
from docmarks.marks import Mark, Page


def load(path, name, predictions=False):
    """The pages by file name, and what was told."""
    assert detect(path) == name
    notes = Notes()
    pages = read_as(path, None, notes, Wanted(predictions)).pages
    notes.drop(ASSUMED)
    return {page.file.name: page for page in pages}, notes.counts


def test_coco(tmp_path, image):
    image(tmp_path / "train" / "a.png")
    image(tmp_path / "valid" / "a.png", 50, 60)
    for part, box in (("train", [10, 20, 30, 40]), ("valid", [1, 2, 3, 4])):
        data = {
            "images": [{"id": 0, "file_name": "a.png", "width": 100, "height": 200, "license": 1}],
            "categories": [{"id": 7, "name": "signature", "supercategory": "none"}],
            "annotations": [
                {"id": 1, "image_id": 0, "category_id": 7, "bbox": box, "segmentation": [[0] * 10], "area": 9},
                {"id": 2, "image_id": 0, "category_id": 7, "bbox": [0, 0, 5, 5], "iscrowd": 1, "score": 0.5},
                {"id": 3, "image_id": 9, "category_id": 7, "bbox": [0, 0, 5, 5]},
            ],
        }
        (tmp_path / part / "_annotations.coco.json").write_text(json.dumps(data))
    notes = Notes()
    assert detect(tmp_path) == "coco"
    train, valid = read_as(tmp_path, notes=notes).pages
    assert (train.part, valid.part) == ("train", "val")
    assert train.file == tmp_path / "train" / "a.png" and valid.file == tmp_path / "valid" / "a.png"
    assert train.page.marks == (
        Mark((10, 20, 40, 60), ("signature",)),
        Mark((0, 0, 5, 5), ("signature",), (0.5,), ignore=True),
    )
    assert train.extra == {"license": 1} and train.exhaustive == {"signature"}
    assert notes.count("outlines (segmentation: the boxes kept)") == 2
    assert notes.count("boxes of images that are not listed (left out)") == 2


def test_coco_of_our_own_kind_says_what_is_uncertain(tmp_path, image):
    image(tmp_path / "a.png")
    doubts = ({"iscrowd": 1}, {"uncertain": True}, {"visible_box": False}, {"visible_box": True})
    data = {
        "images": [{"id": 0, "file_name": "a.png", "width": 100, "height": 200}],
        "categories": [{"id": 7, "name": "Signature"}],
        "annotations": [{"id": 1, "image_id": 0, "category_id": 7, "bbox": [0, 0, 5, 5], **doubt} for doubt in doubts],
    }
    (tmp_path / "a.json").write_text(json.dumps(data))
    notes = Notes()
    (page,) = read_as(tmp_path / "a.json", "coco", notes).pages
    assert [mark.ignore for mark in page.page.marks] == [True, True, True, False]
    assert not any("further keys" in told for told in notes)


def test_yolo(tmp_path, image):
    image(tmp_path / "train" / "images" / "a.png")
    image(tmp_path / "valid" / "images" / "b.png")
    sheet = "train: ../train/images\nval: ../valid/images\nnc: 2\nnames: ['Signature', 'Stamp']\n"
    (tmp_path / "data.yaml").write_text(sheet)
    labels = tmp_path / "train" / "labels" / "a.txt"
    labels.parent.mkdir()
    # Centre (50, 50), 20 x 40; a triangle; a box with a confidence.
    labels.write_text("0 0.5 0.25 0.2 0.2\n1 0.1 0.1 0.3 0.1 0.2 0.4\n\n1 0.5 0.5 1 1 0.75\n")
    pages, told = load(tmp_path, "yolo")
    boxes = [mark.box for mark in pages["a.png"].page.marks]
    assert boxes[0] == pytest.approx((40, 30, 60, 70)) and boxes[1] == pytest.approx((10, 20, 30, 80))
    assert pages["a.png"].page.marks[2] == Mark((0, 0, 100, 200), ("Stamp",), (0.75,))
    assert pages["a.png"].part == "train" and pages["b.png"].part == "val"
    assert pages["b.png"].exhaustive == {"Signature", "Stamp"}
    assert told == {
        "polygons (their upright box taken)": 1,
        "images without a label file (taken as pages without marks, as YOLO does)": 1,
    }


def test_yolo_without_a_sheet(tmp_path, image):
    image(tmp_path / "a.png")
    (tmp_path / "classes.txt").write_text("\ufeffSignature\n")
    (tmp_path / "a.txt").write_text("0 0.5 0.5 1 1\n")
    pages, told = load(tmp_path, "yolo")
    assert pages["a.png"].page.marks == (Mark((0, 0, 100, 200), ("Signature",)),) and not told


def test_yolo_with_a_turned_photo_means_the_upright_one(tmp_path, image):
    image(tmp_path / "a.jpg", 100, 200, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")
    (tmp_path / "classes.txt").write_text("Signature\n")
    (tmp_path / "a.txt").write_text("0 0.5 0.5 1 1\n")
    pages, _ = load(tmp_path, "yolo")
    assert pages["a.jpg"].page.marks[0].box == (0, 0, 200, 100)


def test_yolo_without_its_images_finds_them_where_they_are_said_to_be(tmp_path, image):
    """Label Studio exports no images that it has not stored itself."""
    image(tmp_path / "scans" / "a.jpg")
    (tmp_path / "export" / "labels").mkdir(parents=True)
    (tmp_path / "export" / "images").mkdir()
    (tmp_path / "export" / "classes.txt").write_text("Signature\n")
    (tmp_path / "export" / "labels" / "a.txt").write_text("0 0.5 0.5 1 1\n")
    (tmp_path / "export" / "labels" / "b.txt").write_text("0 0.5 0.5 1 1\n")
    notes = Notes()
    dataset = read_as(tmp_path / "export", notes=notes, wanted=Wanted(images=tmp_path / "scans"))
    (page,) = dataset.pages
    assert page.file == tmp_path / "scans" / "a.jpg"
    assert page.page.marks == (Mark((0, 0, 100, 200), ("Signature",)),)
    assert notes.count("label files of images that are not there (left out)") == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [("0 0.5 x", "line 1 is no box"), ("3 0.5 0.5 1 1", "has the class 3"), ("0 50 60 10 20", "not in shares")],
)
def test_yolo_tells_a_broken_line(tmp_path, image, line, message):
    image(tmp_path / "a.png")
    (tmp_path / "classes.txt").write_text("Signature\n")
    (tmp_path / "a.txt").write_text(line)
    with pytest.raises(DocmarksError, match=message):
        read_as(tmp_path)


VOC = """<?xml version="1.0"?>
<annotation><folder>x</folder><filename>a &amp; b.png</filename><path>C:\\Users\\me\\a &amp; b.png</path>
<source><database>{database}</database></source>
<size><width>100</width><height>200</height><depth>3</depth></size><segmented>0</segmented>
<object><name>Signature</name><pose>Unspecified</pose><truncated>1</truncated><difficult>0</difficult>
<bndbox><xmin>11</xmin><ymin>21</ymin><xmax>40</xmax><ymax>60.5</ymax></bndbox></object>
<object><name>Stamp</name><difficult>1</difficult>
<bndbox><xmin>50</xmin><ymin>9</ymin><xmax>1</xmax><ymax>8</ymax></bndbox></object>
</annotation>"""


@pytest.mark.parametrize(("database", "first"), [("Unknown", 0), ("The VOC2007 Database", 1)])
def test_voc(tmp_path, image, database, first):
    image(tmp_path / "JPEGImages" / "a & b.png")
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "Annotations" / "a.xml").write_text(VOC.format(database=database))
    (tmp_path / "ImageSets" / "Main").mkdir(parents=True)
    (tmp_path / "ImageSets" / "Main" / "val.txt").write_text("a\n")
    pages, told = load(tmp_path, "voc")
    page = pages["a & b.png"]
    assert page.file == tmp_path / "JPEGImages" / "a & b.png" and page.part == "val"
    assert page.page.marks == (
        Mark((11 - first, 21 - first, 40, 60.5), ("Signature",)),
        Mark((1 - first, 8 - first, 50, 9), ("Stamp",), ignore=True),
    )
    assert told == {"remarks that a box is truncated (lost)": 1, "boxes inside out (corners swapped)": 1}


def test_xml_entities_are_not_expanded(tmp_path):
    bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y SYSTEM "file:///etc/passwd">]><annotation>&y;</annotation>'
    (tmp_path / "a.xml").write_text(bomb)
    with pytest.raises(DocmarksError, match="document type"):
        read_as(tmp_path, "voc")


def vott(path):
    return {
        "name": "leases",
        "version": "2.2.0",
        "tags": [{"name": "Date", "color": "#5db300"}, {"name": "Stamp", "color": "#e81123"}],
        "assets": {
            "id1": {
                "asset": {"id": "id1", "name": "a%20b.png", "path": path, "state": 2, "type": 1}
                | {"size": {"width": 100, "height": 200}, "format": "png"},
                "regions": [
                    {
                        "id": "r1",
                        "type": "RECTANGLE",
                        "tags": ["Date", "Stamp"],
                        "boundingBox": {"height": 40, "width": 30, "left": 10, "top": 20},
                        "points": [{"x": 10, "y": 20}],
                    },
                    {"id": "r2", "type": "POLYGON", "tags": ["Stamp"], "points": [{"x": 5, "y": 4}, {"x": 30, "y": 9}]},
                ],
                "version": "2.2.0",
            },
            "id2": {
                "asset": {"id": "id2", "name": "c.png", "path": "file:c.png", "state": 0}
                | {"size": {"width": 100, "height": 200}},
                "regions": [],
            },
        },
    }


@pytest.mark.parametrize("path", ["file:C:/Users/me/My%20Pages/a%20b.png", "file:/home/me/a%20b.png", "file:a%20b.png"])
def test_vott(tmp_path, image, path):
    image(tmp_path / "a b.png")
    image(tmp_path / "c.png")
    out = tmp_path / "vott-json-export" / "leases-export.json"
    out.parent.mkdir()
    out.write_text(json.dumps(vott(path)))
    pages, told = load(tmp_path, "vott")
    assert pages["a b.png"].page.marks == (
        Mark((10, 20, 40, 60), ("Date", "Stamp")),
        Mark((5, 4, 30, 9), ("Stamp",)),
    )
    assert pages["a b.png"].exhaustive == {"Date", "Stamp"}
    assert pages["c.png"].exhaustive == frozenset(), "nobody has opened it"
    assert told == {"regions of the type POLYGON (their upright box taken)": 1}


def test_vott_asset_files(tmp_path, image):
    image(tmp_path / "a b.png")
    project = {"name": "leases", "tags": [{"name": "Date"}, {"name": "Stamp"}, {"name": "Name"}]}
    (tmp_path / "leases.vott").write_text(json.dumps(project))
    (tmp_path / "id1-asset.json").write_text(json.dumps(vott("file:a%20b.png")["assets"]["id1"]))
    pages, _ = load(tmp_path, "vott")
    assert len(pages) == 1 and pages["a b.png"].exhaustive == {"Date", "Stamp", "Name"}


def region(number, **changes):
    value = {"x": 10, "y": 10, "width": 30, "height": 20, "rotation": 0, "rectanglelabels": ["Date", "Stamp"]}
    entry = {"id": f"r{number}", "type": "rectanglelabels", "from_name": "label", "to_name": "image", "value": value}
    return {**entry, "original_width": 100, "original_height": 200, "image_rotation": 0, **changes}


def test_label_studio(tmp_path, image):
    for name in ("a.png", "b c.png", "d.png", "e.png"):
        image(tmp_path / "media" / name)
    turned = {"x": 50, "y": 50, "width": 20, "height": 5, "rotation": 90, "rectanglelabels": ["Name"]}
    plain = {"x": 0, "y": 0, "width": 50, "height": 50, "rotation": 0}
    tasks = [
        {
            "id": 1,
            "data": {"image": "/data/upload/3/1a2b3c4d-a.png", "source": "scan 7"},
            "annotations": [
                {"was_cancelled": True, "result": [region(9)]},
                {
                    "result": [
                        region(1),
                        region(2, value=turned),
                        # One region that two controls describe: a rectangle, and its label.
                        region(3, type="rectangle", value=plain),
                        region(3, type="labels", value={**plain, "labels": ["Signature"]}),
                        region(4, type="choices", value={"choices": ["yes"]}),
                        region(5, type="polygonlabels", value={"points": [[0, 0], [10, 5]], "polygonlabels": ["Name"]}),
                        {"type": "relation", "from_id": "r1", "to_id": "r2"},
                    ]
                },
            ],
        },
        {"id": 2, "data": {"image": "/data/local-files/?d=media/b%20c.png"}, "predictions": [{"result": [region(1)]}]},
        {"id": 3, "data": {"image": "s3://bucket/media/d.png?X=1"}, "completions": [{"result": []}]},
        {"id": 4, "data": {"image": "https://host/media/e.png"}, "annotations": [{"was_cancelled": True}]},
    ]
    (tmp_path / "export.json").write_text("\ufeff" + json.dumps(tasks))
    pages, told = load(tmp_path, "label_studio")
    boxes = [(mark.labels, mark.box) for mark in pages["a.png"].page.marks]
    assert boxes == [
        (("Date", "Stamp"), (10, 20, 40, 60)),
        # 20 wide and 10 high, a quarter to the right about its top left corner (50, 100).
        (("Name",), pytest.approx((40, 100, 50, 120))),
        (("Signature",), (0, 0, 50, 100)),
        (("Name",), (0, 0, 10, 10)),
    ]
    assert pages["a.png"].extra == {"source": "scan 7"} and pages["a.png"].file == tmp_path / "media" / "a.png"
    assert not pages["b c.png"].page.marks and not pages["b c.png"].exhaustive
    assert not pages["d.png"].page.marks and pages["d.png"].exhaustive == {"Date", "Stamp", "Name", "Signature"}
    assert not pages["e.png"].exhaustive
    assert told == {
        "further annotations of a task (the first, or the ground truth, taken)": 1,
        "rotated boxes (their upright box taken)": 1,
        "choices entries (left out)": 1,
        "polygonlabels regions (their upright box taken)": 1,
        "relation entries (left out)": 1,
        "predicted boxes without an annotation (left out; --predictions takes them)": 1,
        "tasks that were skipped (taken as not annotated)": 1,
    }


def test_label_studio_predictions(tmp_path, image):
    image(tmp_path / "a.png")
    task = {"data": {"image": "a.png"}, "predictions": [{"result": [region(1, score=0.25)]}]}
    (tmp_path / "export.json").write_text(json.dumps([task]))
    pages, told = load(tmp_path, "label_studio", predictions=True)
    assert pages["a.png"].page.marks == (Mark((10, 20, 40, 60), ("Date", "Stamp"), (0.25, 0.25)),) and not told


def test_label_studio_min(tmp_path, image):
    """As Label Studio 1.23 exports it: an item an annotation, regions beside the task's data."""
    image(tmp_path / "images" / "a.png")
    image(tmp_path / "images" / "b.png")
    said = {"annotator": 1, "created_at": "2026-01-01", "updated_at": "2026-01-01", "lead_time": 3.5}
    shape = {"x": 10, "y": 10, "width": 30, "height": 20, "rotation": 0, "original_width": 100, "original_height": 200}
    items = [
        {"image": "/data/local-files/?d=elsewhere/a.png", "group": "g", "id": 1, "annotation_id": 1, **said,
         "label": [{**shape, "rectanglelabels": ["Date", "Stamp"]}], "source": "scan 7"},
        {"image": "/data/local-files/?d=elsewhere/a.png", "id": 1, "annotation_id": 2, **said},
        {"image": "/data/local-files/?d=elsewhere/b.png", "id": 2, "annotation_id": 3, **said},
    ]  # fmt: skip
    (tmp_path / "export.json").write_text(json.dumps(items))
    pages, told = load(tmp_path / "export.json", "label_studio")
    assert pages["a.png"].page.marks == (Mark((10, 20, 40, 60), ("Date", "Stamp")),)
    assert pages["a.png"].group == "g" and pages["a.png"].extra == {"source": "scan 7"}
    assert not pages["b.png"].page.marks and pages["b.png"].exhaustive == {"Date", "Stamp"}
    assert told == {"further annotations of a task (the first, or the ground truth, taken)": 1}


def test_label_studio_takes_the_interface_that_is_written(tmp_path, image):
    """Its server answers an XML declaration with an internal error (seen with 1.23.2)."""
    image(tmp_path / "a.png")
    page = DatasetPage(tmp_path / "a.png", Page(100, 200, 72.0, 1, (Mark((1, 2, 3, 4), ("Date",)),)), "a", frozenset())
    write_as(Dataset(tmp_path, "set", (page,), {}), tmp_path / "tasks.json", "label_studio")
    assert (tmp_path / "labeling-config.xml").read_text().startswith("<View>")


def test_label_studio_pages_of_one_task_are_one_document(tmp_path, image):
    image(tmp_path / "p1.png")
    image(tmp_path / "p2.png", 50, 50)
    second = region(1, item_index=1, original_width=50, original_height=50)
    task = {"id": 8, "data": {"pages": ["p1.png", "p2.png"]}, "annotations": [{"result": [second]}]}
    (tmp_path / "export.json").write_text(json.dumps(task))
    pages, _ = load(tmp_path, "label_studio")
    assert not pages["p1.png"].page.marks and pages["p2.png"].page.marks[0].box == (5, 5, 20, 15)
    assert pages["p1.png"].group == pages["p2.png"].group == "task 8"


CVAT = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version>
<meta><project><name>all</name><tasks><task><id>1</id><name>first</name></task><task><id>2</id><name>second</name></task>
</tasks><labels><label><name>Signature</name></label><label><name>Date</name></label></labels></project></meta>
<image id="0" name="a.png" subset="Train" task_id="1" width="100" height="200">
<box label="Signature" source="manual" occluded="1" xtl="10.00" ytl="20.00" xbr="40.50" ybr="60.00" z_order="0">
<attribute name="ink">blue</attribute></box>
<box label="Date" occluded="0" rotation="90.00" xtl="10" ytl="20" xbr="30" ybr="30" z_order="0"/>
<polygon label="Date" occluded="0" points="1.0,2.0;5.5,2.0;3.0,9.0" z_order="0"/>
<points label="Date" points="1,1" z_order="0"/></image>
<image id="1" name="b.png" subset="Validation" task_id="2" width="100" height="200"/>
</annotations>"""


def test_cvat(tmp_path, image):
    image(tmp_path / "images" / "a.png")
    image(tmp_path / "images" / "b.png")
    (tmp_path / "annotations.xml").write_text(CVAT)
    pages, told = load(tmp_path, "cvat")
    assert [(mark.labels, mark.box) for mark in pages["a.png"].page.marks] == [
        (("Signature",), (10, 20, 40.5, 60)),
        (("Date",), pytest.approx((15, 15, 25, 35))),  # a quarter about the centre (20, 25)
        (("Date",), (1, 2, 5.5, 9)),
    ]
    assert [(page.group, page.part) for page in pages.values()] == [("first", "train"), ("second", "val")]
    assert pages["b.png"].exhaustive == {"Signature", "Date"}
    assert told == {
        "points annotations (left out)": 1,
        "attributes of boxes (lost)": 1,
        "remarks that a box is occluded (lost)": 1,
        "rotated boxes (their upright box taken)": 1,
        "polygon annotations (their upright box taken)": 1,
    }


def test_datumaro(tmp_path, image):
    image(tmp_path / "images" / "val" / "a.png")
    data = {
        "dm_format_version": "1.0",
        "infos": {"creation time": "2023.4.1"},
        "categories": {"label": {"labels": [{"name": "Signature", "parent": ""}, {"name": "Date", "parent": ""}]}},
        "items": [
            {
                "id": "a",
                "attr": {"frame": 0, "scanner": 2},
                "image": {"path": "a.png", "size": [200, 100]},
                "annotations": [
                    {"id": 0, "type": "bbox", "attributes": {"occluded": False, "score": 0.5}, "group": 1}
                    | {"label_id": 1, "z_order": 0, "bbox": [10, 20, 30, 40]},
                    {"id": 1, "type": "polygon", "attributes": {}, "group": 0, "label_id": 0}
                    | {"points": [1, 2, 3, 4, 2, 9]},
                    {"id": 2, "type": "label", "attributes": {}, "label_id": 0},
                ],
            }
        ],
    }
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "val.json").write_text(json.dumps(data))
    pages, told = load(tmp_path, "datumaro")
    page = pages["a.png"]
    assert (page.page.width, page.page.height, page.part, page.extra) == (100, 200, "val", {"scanner": 2})
    assert page.page.marks == (Mark((10, 20, 40, 60), ("Date",), (0.5,)), Mark((1, 2, 3, 9), ("Signature",)))
    assert told == {
        "groups of boxes (lost)": 1,
        "polygon annotations (their upright box taken)": 1,
        "label annotations (left out)": 1,
    }


def test_signverod(tmp_path, image):
    """Two batches were joined, and both have an image 4; where numbers fall the second begins."""
    for name in ("x.png", "y.png", "z.png"):
        image(tmp_path / "images" / name)
    (tmp_path / "image_ids.csv").write_text(
        "height,width,id,file_name\n200.0,100.0,4,x.png\n200.0,100.0,5,y.png\n200.0,100.0,4,z.png\n"
    )
    head = "area,bbox,category_id,id,image_id\n"
    (tmp_path / "train.csv").write_text(
        head + '0.02,"[0.1, 0.1, 0.2, 0.1]",1,1,5\n0.02,"[0.5, 0.5, 0.25, 0.05]",4,2,4\n1,"[0, 0, 1, 1]",1,3,9\n'
    )
    (tmp_path / "test.csv").write_text(head + '1,"[0, 0, 1, 1]",3,1,4\n1,"[0, 0, 1, 1]",2,2,5\n')
    notes = Notes()
    assert detect(tmp_path) == "signverod"
    pages = read_as(tmp_path, notes=notes).pages
    found = {page.file.name: [(mark.label, mark.box) for mark in page.page.marks] for page in pages}
    assert found["y.png"] == [("Signature", pytest.approx((10, 20, 30, 40))), ("Initials", (0, 0, 100, 200))]
    assert found["z.png"] == [("Date", pytest.approx((50, 100, 75, 110)))]
    # Nothing falls in test.csv, so nothing tells which image 4 is meant: better no box than a wrong one.
    assert found["x.png"] == []
    assert [page.part for page in pages] == ["", "train", "train"]
    notes.drop(ASSUMED)
    assert notes.counts == {
        "boxes of images that are not listed (left out)": 1,
        "boxes of an image id that two images have, in a table out of order (left out)": 1,
        "boxes of test that are on a page of train (kept in train)": 1,
        "images without a box (taken as not annotated)": 1,
    }


def test_csv_of_others(tmp_path, image):
    image(tmp_path / "a.png")
    (tmp_path / "labels.csv").write_text("filename;width;height;class;xmin;ymin;xmax;ymax\na.png;;;Stamp;1;2;3.5;4\n")
    pages, told = load(tmp_path, "csv")
    assert pages["a.png"].page.marks == (Mark((1, 2, 3.5, 4), ("Stamp",)),) and not told


def test_csv_without_a_header(tmp_path, image):
    image(tmp_path / "a.png")
    image(tmp_path / "b.png")
    (tmp_path / "labels.csv").write_text("a.png,1,2,3,4,Stamp\nb.png,,,,,\n")
    pages, _ = load(tmp_path, "csv")
    assert pages["a.png"].page.marks == (Mark((1, 2, 3, 4), ("Stamp",)),) and not pages["b.png"].page.marks


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("file,left,top,right,bottom\n", "needs file, left, top"),
        ("file,page,left,top,right,bottom,labels\na.png,x,1,2,3,4,Stamp\n", "line 2 has the page x"),
        ("file,left,top,right,bottom,labels\n,1,2,3,4,Stamp\n", "line 2 names no file"),
        ("file,left,top,right,bottom,labels\nno.png,1,2,3,4,Stamp\n", "no page could be taken"),
    ],
)
def test_csv_mistakes_are_told(tmp_path, text, message):
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(DocmarksError, match=message):
        read_as(tmp_path / "labels.csv", "csv")


def test_folders_of_pages(tmp_path, image):
    image(tmp_path / "contract 1" / "p1.png", dpi=(300, 300))
    image(tmp_path / "contract 1" / "p2.png")
    image(tmp_path / "single.png")
    image(tmp_path / "test" / "t.png")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    pages, told = load(tmp_path, "pages")
    assert pages["p1.png"].group == pages["p2.png"].group == "contract 1"
    assert pages["p1.png"].page.dpi == pytest.approx(300, abs=0.1)
    assert pages["single.png"].group == "single.png" and pages["t.png"].part == "test"
    assert all(not page.exhaustive for page in pages.values())
    assert told == {"files that are no documents (passed over)": 1, "documents that cannot be read (left out)": 1}


def test_boxes_that_cannot_be_are_told(tmp_path, image):
    image(tmp_path / "a.png")
    lines = ["file,left,top,right,bottom,labels", "a.png,500,500,600,600,Stamp", "a.png,nan,1,2,3,Stamp"]
    (tmp_path / "labels.csv").write_text("\n".join([*lines, "a.png,1,2,3,4,", "gone.png,1,2,3,4,Stamp"]))
    pages, told = load(tmp_path, "csv")
    assert pages["a.png"].page.marks == ()
    assert set(told) == {
        "boxes outside their page (left out)",
        "boxes that are not four numbers (left out)",
        "boxes without a label (left out)",
        "pages whose image is missing or broken, so that their size is unknown (left out)",
    }


def test_an_unsure_source_names_the_candidates(tmp_path, image):
    image(tmp_path / "a.png")
    (tmp_path / "classes.txt").write_text("Signature\n")
    (tmp_path / "labels.csv").write_text("file,left,top,right,bottom,labels\n")
    with pytest.raises(DocmarksError, match="may be yolo or csv; say which with --from"):
        detect(tmp_path)


@pytest.mark.parametrize("content", ["{", "[]", '{"images": 3}', '"x"', "[[[", '[{"data": 3}]', "null"])
@pytest.mark.parametrize("name", ["coco", "vott", "label_studio", "datumaro", "docmarks"])
def test_broken_json_is_one_line(tmp_path, name, content):
    (tmp_path / "a.json").write_text(content)
    with pytest.raises(DocmarksError) as error:
        read_as(tmp_path / "a.json", name)
    assert "\n" not in str(error.value)


def labelme(**changes):
    rectangle = {"label": "Date", "points": [[40, 60], [10, 20]], "shape_type": "rectangle", "flags": {}}
    circle = {"label": "Stamp", "points": [[50, 100], [53, 104]], "shape_type": "circle", "group_id": None}
    outline = {"label": "Stamp", "points": [[5, 4], [30, 6], [9, 9]], "flags": {"uncertain": True}}
    point = {"label": "Date", "points": [[5, 4]], "shape_type": "point"}
    shapes = [rectangle, circle, outline, point]
    size = {"imageWidth": 100, "imageHeight": 200}
    return {
        "version": "5.5.0",
        "flags": {},
        "shapes": shapes,
        "imagePath": "a b.png",
        "imageData": None,
        **size,
        **changes,
    }


@pytest.mark.parametrize("path", ["a b.png", "C:\\pages\\a b.png", "../elsewhere/a b.png"])
def test_labelme(tmp_path, image, path):
    (tmp_path / "one").mkdir()
    image(tmp_path / "one" / "a b.png")
    (tmp_path / "one" / "a b.json").write_text(json.dumps(labelme(imagePath=path)))
    (tmp_path / "one" / "empty.json").write_text(json.dumps(labelme(imagePath="c.png", shapes=[])))
    image(tmp_path / "one" / "c.png")
    (tmp_path / "settings.json").write_text("{}")
    pages, told = load(tmp_path, "labelme")
    assert pages["a b.png"].page.marks == (
        Mark((10, 20, 40, 60), ("Date",)),
        Mark((45, 95, 55, 105), ("Stamp",)),
        Mark((5, 4, 30, 9), ("Stamp",), ignore=True),
    )
    assert pages["c.png"].page.marks == () and pages["c.png"].exhaustive == {"Date", "Stamp"}
    assert told == {
        "shapes of the type circle (their upright box taken)": 1,
        "shapes of the type polygon (their upright box taken)": 1,
        "points (left out)": 1,
        "JSON files that are not LabelMe's (passed over)": 1,
    }
