import json
import os
from pathlib import Path

import pytest
from PIL import Image
from test_data_coco_file import minimal

from docmarks.data.coco_file import FILE, read
from docmarks.data.convert import MARKER, convert, regroup, spell
from docmarks.data.dataset import Dataset, DatasetPage
from docmarks.data.formats.formats import READABLE, WRITABLE, read_as
from docmarks.data.formats.intake import Wanted
from docmarks.data.read_page import read_pixels
from docmarks.data.show_conversion import lines
from docmarks.errors import DocmarksError
from docmarks.labels.label_set import LabelSet
from docmarks.marks import Mark, Page
from many_pages import document_set
from paper import dark_box, square_pdf


@pytest.fixture
def own(tmp_path):
    root = tmp_path / "own"
    root.mkdir()
    Image.new("L", (100, 200), 255).save(root / "a.png")
    (root / FILE).write_text(json.dumps(minimal()))
    return root


@pytest.fixture
def pdf(tmp_path):
    """Two pages of 300 x 300 points with a square."""
    path = tmp_path / "docs" / "lease.pdf"
    path.parent.mkdir()
    path.write_bytes(square_pdf([(90, 120, 75, 75)], size=(300, 300), pages=2))
    return path


def test_images_stay_or_are_copied(own, tmp_path):
    convert(own, tmp_path / "stay")
    assert read(tmp_path / "stay").pages[0].file.resolve() == own / "a.png"
    convert(own, tmp_path / "copied", copy=True)
    assert read(tmp_path / "copied").pages[0].file == tmp_path / "copied" / "images" / "a.png"
    assert (tmp_path / "copied" / "images" / "a.png").read_bytes() == (own / "a.png").read_bytes()


def test_yolo_is_linked_where_it_is_not_copied(own, tmp_path):
    done = convert(own, tmp_path / "yolo", to_format="yolo")
    image = tmp_path / "yolo" / "images" / "all" / "a.png"
    assert image.is_symlink() and image.resolve() == own / "a.png" and done.file == tmp_path / "yolo" / "data.yaml"
    assert (tmp_path / "yolo" / "labels" / "all" / "a.txt").read_text().startswith("0 0.25000000 0.20000000 0.3")


def test_the_name_of_the_target_tells_the_format(own, tmp_path):
    for name, target in [("boxes.csv", "csv"), ("a.xml", "cvat"), ("x-export.json", "vott"), ("x.json", "docmarks")]:
        done = convert(own, tmp_path / "out" / name)
        assert done.target == target and done.file == tmp_path / "out" / name
    with pytest.raises(DocmarksError, match="voc is written to a folder"):
        convert(own, tmp_path / "a.xml", to_format="voc")


def test_pdf_pages_become_images_of_one_document(pdf, tmp_path):
    convert(pdf.parent, tmp_path / "out", wanted=Wanted(dpi=144), exhaustive=["Stamp"])
    pages = read(tmp_path / "out").pages
    assert [page.file.name for page in pages] == ["lease-001.png", "lease-002.png"]
    assert {page.group for page in pages} == {"lease.pdf"} and {page.exhaustive for page in pages} == {
        frozenset({"Stamp"})
    }
    assert (pages[1].page.width, pages[1].page.dpi) == (600, 144) and pages[1].extra["page"] == 2
    pixels = Image.open(pages[1].file).convert("L")
    assert pixels.size == (600, 600) and pixels.getpixel((255, 315)) == 0 and pixels.getpixel((175, 315)) == 255


def test_a_page_of_a_pdf_is_rendered_again_once_the_pdf_has_changed(pdf, tmp_path):
    def rendered():
        file = read(convert(pdf.parent, tmp_path / "out", wanted=Wanted(dpi=144)).file).pages[0].file
        return file.stat().st_ino, [Image.open(file).convert("L").getpixel(at) for at in ((255, 315), (75, 75))]

    first = rendered()
    assert first[1] == [0, 255] and rendered() == first
    told = pdf.stat()
    pdf.write_bytes(square_pdf([(0, 0, 75, 75)], size=(300, 300), pages=2))
    # Older than the picture, as a file out of an archive is.
    os.utime(pdf, (told.st_atime - 60, told.st_mtime - 60))
    assert rendered()[1] == [255, 0]


@pytest.mark.parametrize(
    ("head", "box"),
    [
        ("left_pt,top_pt,right_pt,bottom_pt", "90,120,165,195"),
        # At 144 dpi, as the size of the page says.
        ("left,top,right,bottom,width,height", "180,240,330,390,600,600"),
    ],
)
def test_boxes_on_a_pdf_in_points_or_pixels(pdf, tmp_path, head, box):
    (pdf.parent / "boxes.csv").write_text(f"file,page,labels,{head}\nlease.pdf,2,Stamp,{box}\n")
    convert(pdf.parent / "boxes.csv", tmp_path / "out")
    (page,) = read(tmp_path / "out").pages
    scale = page.page.dpi / 72
    assert page.page.marks[0].box == pytest.approx([v * scale for v in (90, 120, 165, 195)])
    left, top, right, bottom = (round(v) for v in page.page.marks[0].box)
    pixels = Image.open(page.file).convert("L")
    assert pixels.getpixel((left + 1, top + 1)) == 0 and pixels.getpixel((right - 2, bottom - 2)) == 0
    assert pixels.getpixel((left - 2, top - 2)) == 255 and pixels.getpixel((right + 1, bottom + 1)) == 255


def test_boxes_for_a_page_of_another_shape_are_refused(pdf, tmp_path):
    (pdf.parent / "boxes.csv").write_text(
        "file,page,labels,left,top,right,bottom,width,height\nlease.pdf,1,Stamp,1,2,3,4,600,800\n"
    )
    with pytest.raises(DocmarksError, match="page 1 is 800 x 800, its boxes are for 600 x 800"):
        convert(pdf.parent / "boxes.csv", tmp_path / "out")
    (pdf.parent / "boxes.csv").write_text("file,page,labels,left,top,right,bottom\nlease.pdf,9,Stamp,1,2,3,4\n")
    with pytest.raises(DocmarksError, match="page 9 is not there, the last is 2"):
        convert(pdf.parent / "boxes.csv", tmp_path / "again")


def test_a_later_page_of_a_tiff_becomes_an_image(tmp_path):
    (tmp_path / "docs").mkdir()
    first, second = Image.new("L", (100, 120), 255), Image.new("L", (80, 60), 0)
    first.save(tmp_path / "docs" / "scan.tif", save_all=True, append_images=[second], dpi=(200, 200))
    convert(tmp_path / "docs", tmp_path / "out")
    a, b = read(tmp_path / "out").pages
    assert a.file.resolve() == tmp_path / "docs" / "scan.tif" and a.group == b.group == "scan.tif"
    assert b.file == tmp_path / "out" / "images" / "scan-002.png" and Image.open(b.file).getpixel((1, 1)) == 0
    assert (b.page.width, b.page.height) == (80, 60)


def test_nothing_is_overwritten_unasked(own, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("x")
    with pytest.raises(DocmarksError, match="is not empty; choose another target"):
        convert(own, out)
    convert(own, out, force=True)
    assert (out / "mine.txt").exists() and (out / FILE).exists()
    convert(own, out)  # the same again: so an interrupted one goes on
    with pytest.raises(DocmarksError, match="is not empty"):
        convert(own, out, to_format="yolo")
    convert(own, tmp_path / "a.csv")
    with pytest.raises(DocmarksError, match=r"a\.csv: is there already"):
        convert(own, tmp_path / "a.csv")
    with pytest.raises(DocmarksError, match="is the source itself"):
        convert(own, own, force=True)
    with pytest.raises(DocmarksError, match="inside of"):
        convert(own, own / "yolo", force=True)


def test_an_interrupted_copy_goes_on(own, tmp_path):
    def interrupted(pages):
        yield pages[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(own, tmp_path / "out", copy=True, watch=interrupted)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [MARKER, "images"]
    copied = tmp_path / "out" / "images" / "a.png"
    before = copied.stat().st_ino
    convert(own, tmp_path / "out", copy=True)
    assert copied.stat().st_ino == before and len(read(tmp_path / "out").pages) == 1


def test_only_images_are_taken_along(own, tmp_path):
    (tmp_path / "secret.png").write_text("password")
    image = {"id": 7, "file_name": "../secret.png", "width": 100, "height": 200}
    (own / FILE).write_text(json.dumps(minimal(images=[image])))
    with pytest.raises(DocmarksError, match="not a PDF, TIFF, PNG"):
        convert(own, tmp_path / "out", copy=True)
    assert not list((tmp_path / "out").rglob("secret*"))


def test_names_never_lead_out_of_the_target(own, tmp_path):
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        Image.new("L", (100, 200), 255).save(tmp_path / name / "A.png")
        Image.new("L", (100, 200), 255).save(tmp_path / name / "a.jpg")
    files = [f"../{folder}/{name}" for folder in "xy" for name in ("A.png", "a.jpg")]
    images = [{"id": i, "file_name": name, "width": 100, "height": 200} for i, name in enumerate(files)]
    (own / FILE).write_text(json.dumps(minimal(images=images, annotations=[])))
    convert(own, tmp_path / "out", copy=True)
    found = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.[pj]*g"))
    assert found == ["images/x/A.png", "images/x/a-2.jpg", "images/y/A.png", "images/y/a-2.jpg"]


@pytest.mark.parametrize("form", ["voc", "labelme"])
def test_a_folder_made_part_of_a_name_overwrites_no_other_image(tmp_path, form):
    source = tmp_path / "own"
    images = [
        {"id": n, "file_name": name, "width": 10 * n, "height": 10} for n, name in enumerate(("a/b.png", "a_b.png"), 1)
    ]
    (source / "a").mkdir(parents=True)
    for image in images:
        Image.new("L", (image["width"], 10), 255).save(source / image["file_name"])
    (source / FILE).write_text(json.dumps(minimal(images=images, annotations=[])))
    done = convert(source, tmp_path / "out", to_format=form, copy=True)
    assert [page.file.name for page in done.dataset.pages] == ["a_b.png", "a_b-2.png"]
    back = read_as(tmp_path / "out", form).pages
    assert sorted(Image.open(page.file).width for page in back) == sorted(page.page.width for page in back) == [10, 20]


def test_labels_are_spelt_as_the_taxonomy_does():
    mark = Mark((0, 0, 1, 1), ("filled_checkbox", "Filled Checkbox", "signature"), (0.1, 0.2, 0.3))
    page = DatasetPage("a.png", Page(9, 9, marks=(mark,)), "a", frozenset({"signature"}))
    spelled, renamed = spell(Dataset("", "x", (page,)))
    assert spelled.pages[0].page.marks[0].labels == ("Filled Checkbox", "Signature")
    assert spelled.pages[0].page.marks[0].scores == (0.1, 0.3) and spelled.pages[0].exhaustive == {"Signature"}
    assert renamed == {"filled_checkbox": "Filled Checkbox", "signature": "Signature"}


def test_documents_by_folder_or_pattern(tmp_path):
    names = ["one/p1.png", "one/p2.png", "two/p1.png"]
    pages = tuple(DatasetPage(tmp_path / name, Page(9, 9), name, frozenset()) for name in names)
    dataset = Dataset(tmp_path, "x", pages)
    assert [page.group for page in regroup(dataset, "folder").pages] == ["one", "one", "two"]
    assert [page.group for page in regroup(dataset, r"/(\w+)\.png$").pages] == ["p1", "p2", "p1"]
    assert [page.group for page in regroup(dataset, "one").pages] == ["one", "one", "two/p1.png"]
    for wrong, message in (("(", "no regular expression"), ("zzz", "matches no image")):
        with pytest.raises(DocmarksError, match=message):
            regroup(dataset, wrong)


def test_exhaustive_is_said_or_assumed(own, tmp_path):
    convert(own, tmp_path / "voc", to_format="voc")
    told = "\n".join(lines(convert(tmp_path / "voc", tmp_path / "back")))
    assert "fully annotated: Signature" in told and "1 pages that do not say what is fully annotated" in told
    done = convert(tmp_path / "voc", tmp_path / "none", exhaustive=[])
    told = "\n".join(lines(done))
    assert "fully annotated: no label" in told and "do not say" not in told
    with pytest.raises(DocmarksError, match="no such label; did you mean Signature"):
        convert(own, tmp_path / "wrong", exhaustive=["Signatur"])


def test_the_model_s_own_labels_can_be_called_exhaustive(pdf, tmp_path):
    """Pages without a mark: Handwriting is no label that one annotates, but it is what the model finds."""
    convert(pdf.parent, tmp_path / "out", exhaustive=["Handwriting", "Stamp"])
    for page in read(tmp_path / "out").pages:
        assert LabelSet.load("default").exhaustive(page.exhaustive) == {"Handwriting", "Stamp"}


def test_what_is_lost_is_listed(own, tmp_path):
    dataset = minimal()
    dataset["annotations"][0]["labels"] = ["Date", "Stamp"]
    dataset["images"][0]["dpi"] = 200
    (own / FILE).write_text(json.dumps(dataset))
    told = "\n".join(lines(convert(own, tmp_path / "yolo", to_format="yolo")))
    assert "yolo cannot hold: 1 boxes with several labels (the first kept), first: a.png" in told
    assert "yolo cannot hold: 1 resolutions (dpi: lost)" in told


def test_pages_whose_records_state_a_resolution_keep_it_and_that_is_told(tmp_path):
    root = document_set(tmp_path / "set", "pdf")
    own = read(root).pages[0].page.dpi
    done = convert(root, tmp_path / "out", wanted=Wanted(dpi=own + 50))
    assert {page.page.dpi for page in read(tmp_path / "out").pages} == {own}
    told = "\n".join(lines(done))
    assert f"{len(done.dataset.pages)} pages of PDFs at the resolution that their records state (not at --dpi" in told
    same = convert(root, tmp_path / "same", wanted=Wanted(dpi=own))
    assert "records state" not in "\n".join(lines(same))


def test_found_marks_go_to_label_studio_with_their_scores(own, tmp_path):
    """What ``docmarks detect`` writes as COCO becomes predictions there, and comes back."""
    found = minimal(info={"description": "found by docmarks"})
    found["annotations"][0] |= {"labels": ["Signature"], "scores": [0.75], "score": 0.75}
    (own / FILE).write_text(json.dumps(found))
    done = convert(own, tmp_path / "ls", to_format="label_studio", copy=True)
    (task,) = json.loads(done.file.read_text())
    image = tmp_path / "ls" / "images" / "a.png"
    assert task["data"]["image"] == f"/data/local-files/?d={image.as_posix()[1:]}" and "annotations" not in task
    assert task["predictions"][0]["result"][0]["score"] == 0.75
    convert(done.file, tmp_path / "back", wanted=Wanted(predictions=True))
    assert read(tmp_path / "back").pages[0].page.marks == (Mark((10, 20, 40, 60), ("Signature",), (0.75,)),)


def test_missing_images_are_told(own, tmp_path):
    (own / "a.png").unlink()
    done = convert(own, tmp_path / "out", copy=True)
    told = "\n".join(lines(done))
    assert (
        "1 images that are not there (not copied)" in told and "1 images that are not there (their pages kept)" in told
    )
    assert read(tmp_path / "out").pages[0].file.resolve() == own / "a.png"


@pytest.mark.parametrize("form", ["coco", "docmarks"])
def test_images_may_be_elsewhere(own, tmp_path, form):
    (tmp_path / "scans").mkdir()
    (own / "a.png").rename(tmp_path / "scans" / "a.png")
    done = convert(own / FILE, tmp_path / "out", form, wanted=Wanted(images=tmp_path / "scans"))
    assert read(tmp_path / "out").pages[0].file.resolve() == tmp_path / "scans" / "a.png"
    assert "not there" not in "\n".join(lines(done))


@pytest.mark.parametrize("kind", ["pdf", "tif"])
@pytest.mark.parametrize("name", [name for name in WRITABLE if name in READABLE])
def test_every_page_of_a_document_keeps_its_own_box(tmp_path, kind, name):
    target = tmp_path / "out"
    convert(document_set(tmp_path / "set", kind), target, to_format=name)
    convert(target, tmp_path / "again", from_format=name)  # and once more: images that say of which page they are
    for pages in (read_as(target, name).pages, read(tmp_path / "again").pages):
        assert len(pages) == 3
        for page in pages:
            assert page.page.marks[0].box == pytest.approx(dark_box(read_pixels(page)), abs=0.6)


@pytest.mark.parametrize("name", ["coco", "docmarks"])
@pytest.mark.parametrize("there", ["a/1.png", "b/1.png"])
def test_an_image_that_is_not_there_is_not_another_of_its_name(tmp_path, name, there):
    root = tmp_path / "set"
    (root / there).parent.mkdir(parents=True)
    Image.new("L", (100, 200), 255).save(root / there)
    images = [{"id": n, "file_name": f"{folder}/1.png", "width": 100, "height": 200} for n, folder in enumerate("ab")]
    boxes = [{"id": n, "image_id": n, "category_id": 1, "bbox": [10, 10 + n, 20, 20]} for n in range(2)]
    data = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "Date"}]}
    (root / FILE).write_text(json.dumps(data))
    done = convert(root, tmp_path / "out", from_format=name)
    of_file = {page.file: [mark.box[1] for mark in page.page.marks] for page in done.dataset.pages}
    assert of_file[root / there] == [10.0 + "ab".index(there[0])] and len(of_file) == 2
    assert any("1 images that are not there" in note for note in done.left)


def test_an_image_that_has_moved_is_found_by_its_name(own, tmp_path):
    (own / "deep" / "er").mkdir(parents=True)
    (own / "a.png").rename(own / "deep" / "er" / "a.png")
    assert convert(own, tmp_path / "out").dataset.pages[0].file == own / "deep" / "er" / "a.png"


def test_a_folder_of_everything_becomes_tasks_that_can_be_shown_and_come_back(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mix = tmp_path / "mix"
    mix.mkdir()
    (mix / "a.pdf").write_bytes(square_pdf([(90, 120, 75, 75)], size=(300, 300)))
    for name in ("b.png", "c.tif"):
        Image.new("L", (100, 200), 255).save(mix / name)
    convert(Path("mix"), Path("ls/tasks.json"))
    paths = [
        task["data"]["image"].removeprefix("/data/local-files/?d=")
        for task in json.loads(Path("ls/tasks.json").read_text())
    ]
    assert all(Path("/" + path).is_file() and path.endswith(".png") for path in paths) and len(paths) == 3
    back = convert(Path("ls/tasks.json"), Path("back"), exhaustive=[])
    assert sorted(page.file.name for page in back.dataset.pages) == ["a-001.png", "b.png", "c-001.png"]


@pytest.mark.parametrize("name", ["coco", "docmarks"])
def test_images_of_one_name_that_are_not_there_are_told_once_each(tmp_path, name):
    root = tmp_path / "set"
    root.mkdir()
    images = [{"id": n, "file_name": f"{folder}/1.png", "width": 100, "height": 200} for n, folder in enumerate("ab")]
    boxes = [{"id": n, "image_id": n, "category_id": 1, "bbox": [10, 10, 20, 20]} for n in range(2)]
    data = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "Date"}]}
    (root / FILE).write_text(json.dumps(data))
    done = convert(root, tmp_path / "out", from_format=name)
    assert len(done.dataset.pages) == 2 and any("2 images that are not there" in note for note in done.left)
