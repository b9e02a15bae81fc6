import json
from dataclasses import replace

import pytest
from PIL import Image

from docmarks.cli.main import main
from docmarks.data.coco_file import read
from docmarks.data.formats.formats import read_as, write_as
from docmarks.data.formats.label_studio import write_review
from docmarks.data.raw import RawSet
from docmarks.data.update import Changes, update
from docmarks.errors import DocmarksError
from docmarks.marks import Mark
from many_pages import document_set


@pytest.fixture
def folder(tmp_path):
    """Three pages; records have keys of the user's own."""
    root = tmp_path / "set"
    root.mkdir()
    for name in "abc":
        Image.new("L", (333, 477), 255).save(root / f"{name}.png")
    size = {"width": 333, "height": 477, "who": "me"}
    images = [{"id": n, "file_name": f"{name}.png", **size} for n, name in enumerate("abc")]
    boxes = [
        {"id": 7, "image_id": 0, "category_id": 1, "labels": ["Date", "Stamp"], "bbox": [10, 11, 20, 30], "by": "x"},
        {"id": 9, "image_id": 1, "category_id": 1, "bbox": [1, 2, 30, 40.125], "by": "y"},
        {"id": 8, "image_id": 0, "category_id": 1, "bbox": [100, 110, 20, 30], "uncertain": True},
    ]
    data = {
        "info": {"name": "set", "exhaustive": ["Date", "Stamp"]},
        "images": images,
        "annotations": boxes,
        "categories": [{"id": 1, "name": "Date"}],
    }
    (root / "annotations.json").write_text(json.dumps(data))
    return root


def label_studio(folder, *marks_of_page, file="export.json"):
    """A Label Studio export in which the pages have these marks."""
    pages = read(folder).pages
    labels = ["Date", "Stamp", "Signature"]
    write_review(pages[: len(marks_of_page)], marks_of_page, labels, folder.parent / file)
    tasks = json.loads((folder.parent / file).read_text())
    for task in tasks:  # the annotator takes over what was proposed
        task["annotations"] = [{"result": task.pop("predictions")[0]["result"]}]
    (folder.parent / file).write_text(json.dumps(tasks))
    return folder.parent / file


def test_what_was_not_touched_comes_back_to_the_letter(folder, capsys):
    before = (folder / "annotations.json").read_text()
    export = label_studio(folder, *(page.page.marks for page in read(folder).pages))
    main_ok("update", folder, export)
    assert "0 of 3 pages changed" in capsys.readouterr().out
    assert (folder / "annotations.json").read_text() == before and len(list(folder.iterdir())) == 4


def main_ok(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(["data", *map(str, arguments)])
    assert not ended.value.code


def test_corrections_come_back(folder, capsys):
    first = read(folder).pages[0].page.marks
    moved, new = Mark((12.0, 11.0, 33.0, 41.5), ("Date", "Stamp")), Mark((200.0, 300.0, 260.0, 330.0), ("Signature",))
    export = label_studio(folder, (moved, first[1], new), ())
    main_ok("update", folder, export)
    assert "2 of 2 pages changed; on them 1 marks as they were, 2 new, 2 gone" in capsys.readouterr().out
    data = json.loads((folder / "annotations.json").read_text())
    assert [record["id"] for record in data["annotations"]] == [10, 8, 11]
    assert data["annotations"][0]["bbox"] == pytest.approx([12, 11, 21, 30.5]) and data["images"][0]["who"] == "me"
    assert {record["name"] for record in data["categories"]} == {"Date", "Signature"}
    marks = [page.page.marks for page in read(folder).pages]
    assert marks[0][0].labels == ("Date", "Stamp") and marks[0][1].ignore and marks[0][2].labels == ("Signature",)
    assert marks[1:] == [(), ()]
    assert "by" in json.loads((folder / "annotations.json.before-update").read_text())["annotations"][0]


def test_a_task_that_was_skipped_costs_no_mark(folder, capsys):
    export = label_studio(folder, ())
    tasks = json.loads(export.read_text())
    tasks[0]["annotations"] = [{"was_cancelled": True, "result": []}]
    export.write_text(json.dumps(tasks))
    main_ok("update", folder, export)
    assert "0 of 1 pages changed" in (said := capsys.readouterr().out) and "1 pages have no mark" in said
    assert len(read(folder).pages[0].page.marks) == 2


def test_pages_that_do_not_fit_are_told(folder, tmp_path):
    dataset = read(folder)
    raw = RawSet.load(folder)
    assert update(raw, dataset) == Changes(pages=3)
    other = replace(dataset.pages[0], file=tmp_path / "else.png")
    with pytest.raises(DocmarksError, match=r"else\.png: is not in"):
        update(raw, replace(dataset, pages=(other,)))
    larger = replace(dataset.pages[0], page=replace(dataset.pages[0].page, width=334))
    with pytest.raises(DocmarksError, match="was corrected as 334 x 477, and is 333 x 477"):
        update(raw, replace(dataset, pages=(larger,)))


@pytest.mark.parametrize("kind", ["pdf", "tif"])
@pytest.mark.parametrize("tool", ["json", "label_studio", "csv"])
def test_pages_of_one_document_are_told_apart(tmp_path, kind, tool):
    folder = document_set(tmp_path / "set", kind)
    pages = read(folder).pages
    moved = replace(pages[1].page.marks[0], box=(300.0, 410.0, 480.0, 480.0))
    corrected = replace(read(folder), pages=(replace(pages[1], page=replace(pages[1].page, marks=(moved,))),))
    if tool != "json":
        file = write_as(corrected, tmp_path / "back", tool)
        corrected = read_as(file, tool)
    raw = RawSet.load(folder)
    assert update(raw, corrected) == Changes(pages=1, changed=1, new=1, gone=1)
    assert [record["bbox"][1] for record in raw.annotations] == [80, pytest.approx(410), 600]


def test_an_image_that_was_a_page_of_a_document_is_found_by_any_number(folder):
    raw = RawSet.load(folder)
    raw.data["images"][0]["page"] = 3
    for number in (1, 3):
        page = read(folder).pages[0]
        page = replace(page, page=replace(page.page, number=number))
        assert update(raw, replace(read(folder), pages=(page,))) == Changes(pages=1)


def as_json_min(export):
    """The same as Label Studio's JSON-MIN: no identifiers, no notes on regions."""
    flat = []
    for number, task in enumerate(json.loads(export.read_text()), start=1):
        sizes = ("original_width", "original_height")
        regions = [entry["value"] | {key: entry[key] for key in sizes} for entry in task["annotations"][0]["result"]]
        flat.append({**task["data"], "id": number, "label": regions, "annotation_id": number, "lead_time": 1.0})
    export.write_text(json.dumps(flat))


def as_plain_coco(export):
    """The same as the COCO of other tools: a category a box, nothing of doubts, none without a label."""
    names = {"Date": 1, "Stamp": 2, "Signature": 3}
    images, boxes = [], []
    for number, task in enumerate(json.loads(export.read_text()), start=1):
        file = "/" + task["data"]["image"].split("=")[1]
        images.append({"id": number, "file_name": file, "width": 333, "height": 477})
        for entry in task["annotations"][0]["result"]:
            value = entry["value"]
            across, down = 3.33, 4.77
            box = [value["x"] * across, value["y"] * down, value["width"] * across, value["height"] * down]
            for label in value["rectanglelabels"][:1]:
                boxes.append({"id": len(boxes), "image_id": number, "category_id": names[label], "bbox": box})
    categories = [{"id": n, "name": name} for name, n in names.items()]
    export.write_text(json.dumps({"images": images, "annotations": boxes, "categories": categories}))


@pytest.mark.parametrize("poorer", [as_json_min, as_plain_coco])
def test_what_a_format_cannot_say_is_not_changed(folder, capsys, poorer):
    data = json.loads((folder / "annotations.json").read_text())
    more = {"image_id": 0, "category_id": 1}
    data["annotations"] += [
        {"id": 1, **more, "bbox": [200, 10, 9, 9], "labels": [], "uncertain": True},
        {"id": 2, **more, "bbox": [200, 30, 9, 9], "visible_box": False},
    ]
    (folder / "annotations.json").write_text(json.dumps(data))
    export = label_studio(folder, *(page.page.marks for page in read(folder).pages))
    poorer(export)
    main_ok("update", folder, export)
    assert "0 of 3 pages changed" in capsys.readouterr().out
    # What can be said is: a mark goes, another moves.
    first, second = read(folder).pages[0].page.marks, read(folder).pages[1].page.marks
    export = label_studio(folder, first[1:], (replace(second[0], box=(1.0, 2.0, 31.0, 50.0)),))
    poorer(export)
    main_ok("update", folder, export)
    assert "2 of 2 pages changed; on them 3 marks as they were, 1 new, 2 gone" in capsys.readouterr().out


def test_an_uncertain_mark_without_labels_has_a_category(folder):
    (page, *_) = read(folder).pages
    bare = Mark((200.0, 300.0, 260.0, 330.0), (), ignore=True)
    page = replace(page, page=replace(page.page, marks=(*page.page.marks, bare)))
    raw = RawSet.load(folder)
    assert update(raw, replace(read(folder), pages=(page,))) == Changes(pages=1, changed=1, kept=2, new=1)
    new = next(record for record in raw.annotations if record["id"] == 10)
    assert raw.categories[new["category_id"]] == "Other Text" and new["labels"] == [] and new["uncertain"]
    assert "" not in raw.categories.values()
