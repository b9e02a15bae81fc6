"""One folder with everything wrong; each mistake is found, the safe ones are mended, and nothing else is touched."""

import errno
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from docmarks.data.check.run import BACKUP, check, fix
from docmarks.data.check.show import lines
from docmarks.data.coco_file import read
from docmarks.data.split import is_validation
from docmarks.errors import DocmarksError
from paper import squares_pdf

TRAIN, VAL = (next(f"{n}" for n in range(99) if is_validation(str(n)) == wanted) for wanted in (False, True))


def picture(seed, size=(200, 260)):
    """A page of print-like bars that no other seed has."""
    image, rng = Image.new("L", size, 255), np.random.default_rng(seed)
    draw = ImageDraw.Draw(image)
    for y in range(10, size[1] - 10, 12):
        x = int(rng.integers(5, 60))
        while x < size[0] - 20:
            end = x + int(rng.integers(8, 40))
            draw.rectangle((x, y, end, y + 5), fill=int(rng.integers(0, 60)))
            x = end + int(rng.integers(4, 30))
    return image


@pytest.fixture
def make(tmp_path):
    """Writes a data set; returns its folder."""

    def written(images, annotations, info=None, folder="set", categories=("Signature", "Stamp", "Date")):
        root = tmp_path / folder
        root.mkdir(exist_ok=True)
        records = []
        for number, image in enumerate(images, start=1):
            name = image.pop("file", f"{number}.png")
            made = image.pop("picture", None)
            if made is not False and not (root / name).exists():
                (made or picture(number + 100 * len(folder))).save(root / name)
            records.append({"id": number, "file_name": name, "width": 200, "height": 260, **image})
        known = [{"id": i, "name": name} for i, name in enumerate(categories, start=1)]
        data = {
            "info": {"exhaustive": list(categories[:1])} if info is None else info,
            "images": records,
            "annotations": [{"id": i, "image_id": 1, **a} for i, a in enumerate(annotations, start=1)],
            "categories": known,
        }
        (root / "annotations.json").write_text(json.dumps(data))
        return root

    return written


def box(*bbox, **more):
    return {"bbox": list(bbox), "category_id": 1, **more}


def kinds(folder, *, severities=("error", "warning"), workers=1):
    found = check([folder], workers=workers).findings
    # Sets this small always have few boxes a label.
    few = ("few boxes", "label in one part")
    return sorted(f.kind for f in found if f.severity in severities and f.kind not in few)


def test_a_clean_set_has_no_findings(make):
    folder = make([{}, {}], [box(10, 20, 30, 40), box(60, 20, 30, 40, labels=["Date", "Stamp"])])
    assert kinds(folder) == []
    assert kinds(folder, workers=2) == []


@pytest.mark.parametrize(
    ("annotation", "kind", "mended"),
    [
        (box(50, 60, -30, -40), "swapped box", [20, 20, 30, 40]),
        (box(180, 20, 30, 40), "box over the edge", [180, 20, 20, 40]),
        (box(-5, -6, 30, 40), "box over the edge", [0, 0, 25, 34]),
        (box(10, 20, 0, 40), "empty box", None),
        (box(300, 20, 30, 40), "box outside", [300, 20, 30, 40]),
        (box(1, 2, 3), "no box", [1, 2, 3]),
        (box(1, 2, 3, float("nan")), "no box", "same"),
        (box(0, 0, 200, 260), "box of a page", [0, 0, 200, 260]),
        (box(10, 20, 30, 40, labels=["Signatur"]), "unknown label", [10, 20, 30, 40]),
        ({"bbox": [1, 2, 30, 40], "category_id": 9}, "no label", [1, 2, 30, 40]),
        (box(10, 20, 30, 40, image_id=7), "box of no image", [10, 20, 30, 40]),
    ],
)
def test_a_wrong_box(make, annotation, kind, mended):
    folder = make([{}], [annotation])
    assert kinds(folder) == [kind]
    report = check([folder])
    fix(report)
    left = json.loads((folder / "annotations.json").read_text())["annotations"]
    if mended is None:
        assert left == []
    elif mended != "same":
        assert left[0]["bbox"] == mended
    fixable = bool(next(f for f in report.findings if f.kind == kind).edits)
    assert kinds(folder) == ([] if fixable else [kind])


@pytest.mark.parametrize("doubt", [{"uncertain": True}, {"iscrowd": 1}, {"visible_box": False}])
def test_what_the_reader_takes_as_uncertain_is_uncertain_here(make, doubt):
    folder = make([{}], [box(10, 20, 30, 40, labels=[], **doubt), box(60, 20, 30, 40, labels=["Date"], **doubt)])
    assert all(mark.ignore for page in read(folder).pages for mark in page.page.marks)
    assert kinds(folder) == []
    assert not [found for found in check([folder], images=False).findings if found.kind == "few boxes"]


def test_boxes_twice(make):
    same = [box(10, 20, 30, 40), box(10.2, 20, 30, 40), box(10, 20, 30, 40, labels=["Stamp", "Date"]), box(90, 9, 9, 9)]
    folder = make([{}, {}], [*same, box(10, 20, 30, 40, image_id=2)])
    assert kinds(folder) == ["box twice", "box twice, other labels"]
    assert fix(check([folder])) == 2
    marks = [mark.labels for page in read(folder).pages for mark in page.page.marks]
    assert marks == [("Signature", "Stamp", "Date"), ("Signature",), ("Signature",)]


def test_labels_spelt_otherwise(make):
    folder = make(
        [{"exhaustive": ["filled_checkbox"]}],
        [box(10, 20, 30, 40), box(60, 20, 30, 40, labels=["filled_checkbox"]), box(90, 90, 9, 9, labels=["stamps"])],
        {"exhaustive": ["filled_checkbox"]},
        categories=("signature", "filled_checkbox"),
    )
    assert kinds(folder) == ["spelling", "spelling", "unknown label"]
    fix(check([folder]))
    assert kinds(folder) == []
    (page,) = read(folder).pages
    assert [mark.labels for mark in page.page.marks] == [("Signature",), ("Filled Checkbox",), ("Stamp",)]
    assert page.exhaustive == {"Filled Checkbox"}


def test_images_missing_broken_and_of_another_size(make, tmp_path):
    folder = make(
        [
            {"picture": False},
            {"file": "cut.png"},
            {"picture": picture(3, (100, 130))},
            {"picture": picture(4, (90, 90))},
        ],
        [box(1, 2, 30, 40, image_id=3)],
    )
    (folder / "cut.png").write_bytes((folder / "3.png").read_bytes()[:200])
    assert kinds(folder) == ["missing image", "unreadable image", "wrong size", "wrong size"]
    fix(check([folder]))
    left = [f for f in check([folder]).findings if f.kind == "wrong size"]
    assert [f.where for f in left] == ["image 3.png"], "without boxes only the record is wrong"


def test_pages_of_one_pdf(make, tmp_path):
    squares = [(30, 40, 60, 60), (120, 200, 60, 50)]  # points; a page each
    pages = [{"file": "a.pdf", "picture": False, "page": n, "dpi": 144, "width": 400, "height": 520} for n in (1, 2)]
    folder = make(pages, [box(60, 80, 120, 120), box(240, 400, 120, 100, image_id=2)])
    (folder / "a.pdf").write_bytes(squares_pdf(squares, (200, 260)))
    assert kinds(folder) == []
    pages = [{**page, "file": "a.pdf", "picture": False} for page in (*pages, pages[1])]
    pages[0]["height"], pages[1]["dpi"], pages[2]["page"] = 500, 150, 3
    folder = make(pages, [box(60, 80, 120, 120), box(240, 400, 120, 100, image_id=2)])
    told = {finding.where: finding.what for finding in check([folder], workers=1).findings if finding.kind != "idle"}
    assert told["image a.pdf"] == "is 400 x 520, its record says 400 x 500"
    assert told["image a.pdf page 2"] == "is 417 x 542, its record says 400 x 520"
    assert "has 2 pages, the data set names page 3" in told["image a.pdf page 3"]
    assert not any("listed" in what for what in told.values())


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_boxes_drawn_before_the_picture_is_turned(make, tmp_path, orientation):
    """The box of a black bar on the stored picture is the bar's box on the upright one after the fix."""
    stored = Image.new("L", (200, 260), 255)
    stored.paste(0, (20, 30, 70, 50))
    exif = Image.Exif()
    exif[0x0112] = orientation
    fields = {"fields": [{"kind": "text", "bbox": [20, 30, 50, 20]}, {"kind": "date"}, 7]}
    folder = make([{"file": "a.jpg", "picture": False, **fields}], [box(20, 30, 50, 20)])
    stored.save(folder / "a.jpg", exif=exif, quality=95)
    assert kinds(folder) == ["turned image"]
    fix(check([folder]))
    assert kinds(folder) == []
    (page,) = read(folder).pages
    with Image.open(folder / "a.jpg") as image:
        upright = np.asarray(ImageOps.exif_transpose(image)) < 128
    rows, columns = np.flatnonzero(upright.any(1)), np.flatnonzero(upright.any(0))
    left, top, right, bottom = page.page.marks[0].box
    assert (left, top, right, bottom) == (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    field = {"kind": "text", "bbox": [left, top, right - left, bottom - top]}
    assert page.extra["fields"] == [field, {"kind": "date"}, 7]


def test_the_same_page_in_both_parts(make):
    twin = picture(5)
    again = twin.resize((150, 195)).point(lambda v: min(255, v + 12))
    folder = make(
        [
            {"picture": twin, "group": TRAIN},
            {"picture": again, "group": VAL, "width": 150, "height": 195},
            {"picture": picture(6), "group": TRAIN},
            {"picture": Image.new("L", (200, 260), 255), "group": TRAIN},
            {"picture": Image.new("L", (200, 260), 255), "group": VAL},
        ],
        [],
    )
    assert kinds(folder) == ["page in two parts"], "blank pages are nobody's twins"
    fix(check([folder]))
    assert kinds(folder) == []


def test_a_document_in_two_parts(make):
    folder = make([{"group": "g", "split": "train"}, {"group": "g", "split": "val"}], [])
    assert kinds(folder) == ["document in two parts"]
    fix(check([folder]))
    assert {page.part for page in read(folder).pages} == {"train"}


def test_two_sets_with_one_group(make):
    folders = [make([{"group": "g"}], [], folder=name) for name in ("one", "two2")]
    assert "group in two sets" in [finding.kind for finding in check(folders).findings]


def test_what_is_fully_annotated(make):
    folder = make([{}], [box(1, 2, 30, 40)], {})
    assert kinds(folder) == ["no exhaustive"]
    folder = make([{}, {}], [box(1, 2, 30, 40)], {"exhaustive": []})
    assert kinds(folder) == ["idle pages", "nothing exhaustive"]
    folder = make([{"exhaustive": ["Signatur"]}], [], {"exhaustive": ["Stamp"]})
    assert kinds(folder) == ["unknown label"]


def test_pages_without_boxes_are_told_and_kept(make):
    folder = make([{}, {}], [box(1, 2, 30, 40)])
    notes = [finding for finding in check([folder]).findings if finding.severity == "note"]
    assert [finding.kind for finding in notes] == ["pages without boxes"] and "1 of 2" in notes[0].what


def test_few_boxes(make):
    folder = make([{"group": TRAIN}, {"group": VAL}], [box(i, 1, 5, 5) for i in range(0, 90, 9)])
    found = [f for f in check([folder]).findings if f.kind in ("few boxes", "label in one part")]
    assert [(f.kind, f.where) for f in found] == [("label in one part", "label Signature")]
    folder = make([{}], [box(1, 1, 5, 5)])
    assert "few boxes" in [f.kind for f in check([folder]).findings]


def test_records(make):
    folder = make([{}, {"id": 1}, {"width": "wide"}, {"split": "dev"}], [])
    data = json.loads((folder / "annotations.json").read_text())
    del data["images"][1]["file_name"]
    (folder / "annotations.json").write_text(json.dumps(data))
    found = kinds(folder)
    assert {"missing key", "same id twice", "wrong size", "wrong split"} <= set(found)


def test_the_first_file_is_kept(make):
    folder = make([{}], [box(50, 60, -30, -40)])
    before = (folder / "annotations.json").read_bytes()
    fix(check([folder]))
    fix(check([folder]))
    assert (folder / f"annotations.json{BACKUP}").read_bytes() == before
    assert sorted(path.name for path in folder.iterdir()) == ["1.png", "annotations.json", f"annotations.json{BACKUP}"]


def test_a_disk_that_is_full_leaves_no_half_of_a_backup(make, monkeypatch):
    folder = make([{}], [box(50, 60, -30, -40)])
    before = (folder / "annotations.json").read_bytes()

    def full(source, target):
        Path(target).write_bytes(before[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(shutil, "copy2", full)
        with pytest.raises(DocmarksError, match=r"before-fix: cannot be written \(No space.*nothing was changed"):
            fix(check([folder]))
    assert (folder / "annotations.json").read_bytes() == before and not list(folder.glob(f"*{BACKUP}*"))
    fix(check([folder]))
    assert (folder / f"annotations.json{BACKUP}").read_bytes() == before


def test_nothing_to_fix_writes_nothing(make):
    folder = make([{}], [box(300, 20, 30, 40)])
    before = (folder / "annotations.json").read_bytes()
    assert fix(check([folder])) == 0
    assert (folder / "annotations.json").read_bytes() == before and not list(folder.glob(f"*{BACKUP}"))


def test_lines_name_file_box_and_cure(make):
    folder = make([{}], [box(50 + i, 60, -30, -40) for i in range(5)])
    told = list(lines(check([folder])))
    assert f"error: swapped box: {folder / 'annotations.json'}: annotation 1 (1.png): " in told[0]
    assert told[0].endswith("; swap its corners (--fix does it)")
    assert "error: swapped box: 2 more; --all lists them" in told
    assert sum("swapped box" in line for line in lines(check([folder]), every=True)) == 5
    assert told[-1].startswith("1 pages, 5 boxes: 5 errors, ")


@pytest.mark.parametrize("text", ["[1, 2]", '{"images": 3}', '{"images": [], "annotations": [1]}', "{"])
def test_no_data_set_at_all(tmp_path, text):
    (tmp_path / "annotations.json").write_text(text)
    with pytest.raises(DocmarksError, match=r"annotations\.json: "):
        check([tmp_path])


@pytest.mark.parametrize("doubt", [{"uncertain": True}, {"uncertain": True, "labels": []}, {"iscrowd": 1}])
def test_a_doubt_about_a_box_is_not_the_box_twice(make, doubt):
    for pair in (
        [box(10, 20, 30, 40), box(10, 20, 30, 40, **doubt)],
        [box(10, 20, 30, 40, **doubt), box(10, 20, 30, 40)],
    ):
        assert kinds(make([{}], pair)) == []


def test_a_label_of_ones_own_is_told_once(make):
    own = [box(10, 20, 30, 40, labels=["Sgnature"]), box(60, 20, 30, 40, labels=["Sgnature"])]
    folder = make([{}], [*own, box(90, 90, 9, 9)], categories=("Signature", "Sgnature"))
    report = check([folder])
    (finding,) = [found for found in report.findings if found.kind == "own label"]
    assert finding.severity == "warning" and "2 boxes" in finding.what and "did you mean Signature?" in finding.cure


def test_a_box_there_three_times_keeps_all_its_labels(make):
    folder = make([{}], [box(10, 20, 30, 40, labels=[label]) for label in ("Signature", "Date", "Stamp")])
    fix(check([folder]))
    assert [mark.labels for mark in read(folder).pages[0].page.marks] == [("Signature", "Date", "Stamp")]


def test_a_twin_in_a_long_column_is_found(make):
    column = [box(20 + n / 50, 10 + 18 * n, 12, 12) for n in range(13)]
    folder = make([{}], [*column, box(20.31, 10.2, 12, 12)])
    assert kinds(folder).count("box twice") == 1
