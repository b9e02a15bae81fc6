import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from docmarks.errors import DocmarksError
from docmarks.marks import Document, Mark, Page
from docmarks.results.atomic import make_folder, write_bytes, write_json
from docmarks.results.coco_file import to_coco
from docmarks.results.csv_file import COLUMNS, to_csv
from docmarks.results.output import Output
from docmarks.results.schema import SCHEMA_VERSION, DocumentRecord, ModelRecord, document, record

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
    assert json.loads(published.read_text()) == DocumentRecord.model_json_schema()


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


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_bytes(path, b"old")

    def full(self, data):
        self.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DocmarksError, match=r"a\.json: cannot be written \(No space left on device\)"):
        write_bytes(path, b"new")
    assert path.read_text() == "old" and [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_folder_that_is_a_file(tmp_path):
    (tmp_path / "out").write_text("")
    with pytest.raises(DocmarksError, match="cannot write into this folder"):
        make_folder(tmp_path / "out")


def test_equal_stems_do_not_overwrite_each_other(tmp_path):
    output = Output(tmp_path)
    names = [output.name_for(Path(p)) for p in ("a/scan.pdf", "b/scan.png", "scan-2.pdf", "c/scan.tif")]
    assert len(set(names)) == 4 and names[:2] == ["scan", "scan-2"]


def test_crops_are_cut_at_the_box(tmp_path):
    page = np.zeros((100, 200), np.uint8)
    page[20:60, 10:110] = 255
    output = Output(tmp_path, crops=True)
    output.page("lease", Page(200, 100, marks=MARKS[:1]), page, is_pdf=True)
    from PIL import Image

    cut = np.asarray(Image.open(tmp_path / "crops" / "Date" / "lease-p1-1.png"))
    assert cut.shape == (40, 100) and (cut == 255).all()
