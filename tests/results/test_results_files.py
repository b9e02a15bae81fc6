import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from docmarks.errors import DocmarksError
from docmarks.files.atomic import make_folder, write_bytes, write_json, write_pieces
from docmarks.marks import Document, Mark, Page
from docmarks.results.coco_file import to_coco
from docmarks.results.crops import cut, folder_of
from docmarks.results.csv_file import COLUMNS, to_csv
from docmarks.results.json_file import to_json, to_json_list
from docmarks.results.names import Names
from docmarks.results.output import Output
from docmarks.results.schema import SCHEMA_VERSION, DocumentRecord, ModelRecord, document, json_schema, record
from docmarks.results.staging import Staging

MARKS = (
    Mark((10.0, 20.0, 110.5, 60.0), ("Date", "Stamp"), (0.91234, 0.5)),
    Mark((0.0, 0.0, 5.0, 5.0), ("Signature",), (0.75,)),
)
DOCUMENT = Document(Path("folder/lease.pdf"), (Page(1275, 1650, 150.0, 1, MARKS, 0.25), Page(1275, 1650, 150.0, 2)))
RECORD = record(DOCUMENT, ModelRecord(name="default", version="1"))


def test_the_record_says_everything_in_pixels_and_points():
    assert json.loads(RECORD.model_dump_json())["pages"][0]["marks"][0] == {
        "label": "Date",
        "confidence": 0.9123,
        "labels": [{"label": "Date", "confidence": 0.9123}, {"label": "Stamp", "confidence": 0.5}],
        "left": 10.0,
        "top": 20.0,
        "right": 110.5,
        "bottom": 60.0,
        "points": {"left": 4.8, "top": 9.6, "right": 53.04, "bottom": 28.8},  # 72 / 150 of the pixels
    }
    assert RECORD.schema_version == SCHEMA_VERSION and RECORD.file == "lease.pdf"


def test_a_record_leads_back_to_the_document():
    back = document(DocumentRecord.model_validate_json(RECORD.model_dump_json()), Path("folder"))
    assert back.path == DOCUMENT.path and back.pages[1] == DOCUMENT.pages[1]
    assert back.pages[0].marks[1] == MARKS[1] and back.pages[0].marks[0].labels == MARKS[0].labels


@pytest.mark.parametrize("change", [{"more": 1}, {"pages": [{"number": "one"}]}])
def test_the_schema_is_strict(change):
    with pytest.raises(ValidationError):
        DocumentRecord.model_validate(RECORD.model_dump() | change)


def test_the_published_schema_is_this_one():
    published = Path(__file__).parents[2] / "docs" / "detections.schema.json"
    assert published.read_text() == json_schema()  # the function's text is what to put there


def test_every_field_of_the_schema_is_explained():
    schema = json.loads(json_schema())
    for name, part in {"DocumentRecord": schema, **schema["$defs"]}.items():
        assert part["description"] and not part["additionalProperties"]
        if name not in ("PointsRecord", "ModelRecord"):  # these explain themselves as a whole
            assert all("description" in field or "$ref" in field for field in part["properties"].values()), name


def test_a_page_that_could_not_be_read_is_in_its_place():
    failed = record(
        Document(Path("a.tif"), (Page(10, 20, 200.0, 1), Page(10, 20, 200.0, 3))),
        ModelRecord(name="m", version="1"),
        "in/a.tif",
        {2: "a.tif: page 2: broken"},
    )
    assert failed.file == "in/a.tif"
    assert [(page.number, page.width, page.error) for page in failed.pages] == [
        (1, 10, None), (2, None, "a.tif: page 2: broken"), (3, 10, None),
    ]  # fmt: skip
    again = DocumentRecord.model_validate_json(to_json(failed))
    assert again == failed and [page.number for page in document(again, Path()).pages] == [1, 3]
    assert to_csv([failed]).count("\n") == 1
    coco = to_coco([failed, RECORD], ("Signature", "Date", "Stamp"))
    assert [(i["id"], i["page"]) for i in coco["images"]] == [(1, 1), (2, 3), (3, 1), (4, 2)]
    assert {a["image_id"] for a in coco["annotations"]} == {3}


def test_a_list_for_a_pipe_is_one_line_of_ascii():
    named = record(DOCUMENT, RECORD.model, "größer.pdf")
    line = to_json_list([RECORD, named])
    assert line.isascii() and "\n" not in line
    assert [DocumentRecord.model_validate(found) for found in json.loads(line)] == [RECORD, named]


def test_csv_has_a_line_a_mark():
    rows = list(csv.DictReader(io.StringIO(to_csv([RECORD]))))
    assert tuple(rows[0]) == COLUMNS and len(rows) == 2
    assert rows[0]["labels"] == "Date+Stamp" and float(rows[0]["right"]) == 110.5 and rows[0]["page"] == "1"


def test_coco_is_read_by_a_coco_reader(tmp_path):
    pycocotools = pytest.importorskip("pycocotools.coco")
    write_json(tmp_path / "c.json", to_coco([RECORD], ("Signature", "Date", "Stamp")))
    coco = pycocotools.COCO(str(tmp_path / "c.json"))
    assert [coco.imgs[i]["page"] for i in coco.getImgIds()] == [1, 2]
    first = coco.loadAnns(coco.getAnnIds())[0]
    assert first["bbox"] == [10, 20, 100.5, 40] and coco.cats[first["category_id"]]["name"] == "Date"
    assert first["scores"] == [0.9123, 0.5]


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    write_bytes(path, b"old")

    def until_the_disk_is_full():
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(DocmarksError, match=r"a\.json: cannot be written \(No space left on device\)"):
        write_pieces(path, until_the_disk_is_full())
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(DocmarksError, match="cannot write into this folder"):
        make_folder(tmp_path / "out")


@given(st.lists(st.sampled_from(["scan", "Scan", "scan-2", "scan-2-2", "marks.coco", "a"]), max_size=12))
def test_names_are_never_alike_and_keep_their_stem(stems):
    names = Names(["marks.coco"])
    given_names = [names(stem) for stem in stems]
    assert len({name.casefold() for name in given_names} | {"marks.coco"}) == len(stems) + 1
    assert all(name.startswith(stem) for name, stem in zip(given_names, stems, strict=True))


def test_the_first_keeps_its_name():
    names = Names()
    assert [names(stem) for stem in ("scan", "scan", "scan-2", "scan")] == ["scan", "scan-2", "scan-2-2", "scan-3"]


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((10, 20, 110, 60), (10, 20, 110, 60)),
        ((10.6, 20.9, 109.2, 59.1), (10, 20, 110, 60)),  # whole pixels around it
        ((-5, -5, 4, 3), (0, 0, 4, 3)),
        ((190, 95, 230, 130), (190, 95, 200, 100)),
        ((50, 50, 50, 50), (50, 50, 51, 51)),
    ],
)
def test_a_crop_holds_the_box(box, expected):
    page = np.arange(100 * 200).reshape(100, 200).astype(np.uint8)
    left, top, right, bottom = expected
    np.testing.assert_array_equal(np.asarray(cut(page, Mark(box, ("Date",)))), page[top:bottom, left:right])


def test_nothing_is_cut_beside_the_page():
    page = np.zeros((10, 10, 3), np.uint8)
    assert cut(page, Mark((20, 20, 30, 30), ("Date",))) is None
    assert cut(page, Mark((-9, -9, -2, -2), ("Date",))) is None


@pytest.mark.parametrize(
    ("label", "folder"),
    [("Filled Checkbox", "Filled Checkbox"), ("Ja/Nein", "Ja-Nein"), ("../up", "--up"), ("..", "-"), ("a:b?", "a-b-")],
)
def test_a_label_cannot_lead_out_of_its_folder(label, folder):
    assert folder_of(label) == folder


def test_files_of_a_document_appear_together(tmp_path):
    staging = Staging(tmp_path)
    staging.add(Path("a.png"), b"a")
    staging.add(Path("crops", "Date", "b.png"), b"b")
    assert not [p for p in tmp_path.rglob("*.png")]
    staging.commit()
    assert (tmp_path / "a.png").read_bytes() == b"a" and (tmp_path / "crops" / "Date" / "b.png").read_bytes() == b"b"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "crops"]


def test_an_abandoned_document_leaves_nothing(tmp_path):
    output = Output(tmp_path, annotated=True, crops=True)
    page = np.zeros((100, 200), np.uint8)
    output.page("a", Page(200, 100, marks=MARKS), page, None, is_pdf=False)
    output.abandon()
    assert list(tmp_path.iterdir()) == []
    output.page("b", Page(200, 100, marks=MARKS[:1]), page, 4, is_pdf=False)
    document_b = Document(Path("b.tif"), (Page(200, 100, marks=MARKS[:1]),))
    output.document("b", document_b, record(document_b, RECORD.model), is_pdf=False, password=None)
    files = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert files == {"b.json", "b.annotated-4.png", "crops/Date/b-p1-1.png"}


def test_a_pdf_that_cannot_be_annotated_still_has_its_json(tmp_path):
    output = Output(tmp_path, annotated=True)
    with pytest.raises(DocmarksError, match="broken"):
        (tmp_path / "lease.pdf").write_bytes(b"%PDF-1.7 was whole a moment ago")
        moved = Document(tmp_path / "lease.pdf", DOCUMENT.pages)
        output.document("lease", moved, RECORD, is_pdf=True, password=None)
    assert (tmp_path / "lease.json").is_file() and not (tmp_path / "lease.annotated.pdf").exists()
