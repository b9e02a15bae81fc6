"""The command as a user calls it."""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docmarks.cli.main import main
from docmarks.evaluate.match import iou_matrix
from docmarks.export.onnx_file import export_onnx
from docmarks.pages.document import open_document
from docmarks.results.output import Output
from docmarks.results.schema import DocumentRecord
from docmarks.runtime.detector import Detector
from docmarks.runtime.sheet import ModelSheet
from paper import annotation_rectangles, encrypted, save
from tiny import tiny_model

SQUARE = (90, 120, 165, 195)  # points


def read(path):
    return DocumentRecord.model_validate_json(path.read_text(encoding="utf-8"))


def test_a_line_a_page_and_nothing_is_written(run, scan, capsys, tmp_path):
    assert run("detect", scan) == 0
    told = capsys.readouterr()
    assert told.out.startswith("scan.png  page 1: 1 Stamp  (") and told.out.count("\n") == 1 and told.err == ""
    assert [p.name for p in tmp_path.iterdir()] == ["scan.png"]


def test_everything_of_an_image(run, scan, tmp_path):
    out = tmp_path / "out"
    assert run("detect", scan, "-o", out, "--annotated", "--csv", "--coco", "--crops") == 0
    found = read(out / "scan.json")
    assert (found.file, found.model.name, found.model.version) == ("scan.png", "squares", "7")
    page = found.pages[0]
    assert (page.number, page.width, page.height, page.error) == (1, 600, 600, None)
    assert page.dpi == pytest.approx(144, rel=1e-3)
    (mark,) = page.marks
    assert mark.label == "Stamp" and mark.confidence > 0.9
    box = [mark.points.left, mark.points.top, mark.points.right, mark.points.bottom]
    assert box == pytest.approx(SQUARE, abs=6)
    assert [mark.left, mark.bottom] == pytest.approx([2 * box[0], 2 * box[3]], rel=1e-3)  # 144 dpi
    (row,) = csv.DictReader(io.StringIO((out / "marks.csv").read_text()))
    assert (row["file"], row["page"], row["label"]) == ("scan.png", "1", "Stamp")
    assert [a["labels"] for a in json.loads((out / "marks.coco.json").read_text())["annotations"]] == [["Stamp"]]
    with Image.open(out / "crops" / "Stamp" / "scan-p1-1.png") as crop:
        assert crop.size == pytest.approx((150, 150), abs=12) and np.asarray(crop).mean() < 60
    with Image.open(out / "scan.annotated.png") as drawn:
        assert drawn.size == (600, 600) and drawn.mode == "RGB" and drawn.info["dpi"][0] == pytest.approx(144, rel=0.01)
    files = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    assert files == {"scan.json", "marks.csv", "marks.coco.json", "scan.annotated.png", "crops/Stamp/scan-p1-1.png"}


def test_a_sheet_that_lies_on_its_side_is_set_upright(run, tmp_path, capsys):
    with open_document(Path(__file__).parents[2] / "examples" / "scan.tiff") as document:
        upright = Image.fromarray(document.page(1).pixels)
    for name, image in (("a.png", upright), ("b.png", upright.transpose(Image.Transpose.ROTATE_270))):
        save(tmp_path / name, image, dpi=(200, 200))
        assert run("detect", tmp_path / name, "--model", "default", "-o", tmp_path / "out") == 0
    told = capsys.readouterr().out
    assert "a.png  page 1: " in told and told.count("turned by 90 degrees") == 1
    a, b = (read(tmp_path / "out" / f"{stem}.json").pages[0] for stem in "ab")
    assert (a.turned, b.turned) == (0, 90) and (b.width, b.height) == (a.height, a.width) == upright.size[::-1]
    assert len(a.marks) == len(b.marks) > 2
    lying = sorted(b.marks, key=lambda mark: mark.top)
    for one, other in zip(sorted(a.marks, key=lambda mark: mark.left), lying, strict=True):
        assert one.label == other.label
        box = [a.height - one.bottom, one.left, a.height - one.top, one.right]
        # A page is resized along its rows first, so not to the very same greys.
        assert [other.left, other.top, other.right, other.bottom] == pytest.approx(box, abs=4)
    assert run("detect", tmp_path / "b.png", "--model", "default", "-o", tmp_path / "out", "--no-auto-rotate") == 0
    assert read(tmp_path / "out" / "b.json").pages[0].turned == 0 and "turned" not in capsys.readouterr().out


def test_labels_that_exclude_each_other(run, scan, tmp_path, capsys):
    pairs, finder = tmp_path / "pairs.yaml", tiny_model()
    pairs.write_text("- [Signature, Stamp, 0.3]\n")
    finder.roi_heads.predictor.labels.bias.data.fill_(-2.0)  # both labels everywhere, over the lowest score
    sheet = ModelSheet(name="tiny", version="1", config=finder.config, thresholds=(0.05, 0.05))
    export_onnx(finder, sheet, tmp_path / "tiny.onnx")
    together = {}
    for name, more in (("before", []), ("after", ["--cross-nms", pairs])):
        assert run("detect", scan, "--model", tmp_path / "tiny.onnx", "-o", tmp_path / name, *more) == 0
        marks = read(tmp_path / name / "scan.json").pages[0].marks
        found = [(one.label, mark) for mark in marks for one in mark.labels]
        boxes = {
            label: np.array([[m.left, m.top, m.right, m.bottom] for own, m in found if own == label]).reshape(-1, 4)
            for label in ("Signature", "Stamp")
        }
        together[name] = int((iou_matrix(boxes["Signature"], boxes["Stamp"]) > 0.3).sum())
    assert together["before"] > 0 and together["after"] == 0 and len(marks) > 1
    pairs.write_text("- [Signature, Coffee, 0.5]\n")
    capsys.readouterr()
    assert run("detect", scan, "--cross-nms", pairs) == 2
    assert "the detector has no label Coffee" in capsys.readouterr().err


@pytest.mark.parametrize("rotation", [0, 90])
def test_a_pdf_is_annotated_as_a_pdf(run, pdf, tmp_path, rotation):
    pdf(tmp_path / "lease.pdf", rotation=rotation, pages=2)
    assert run("detect", tmp_path / "lease.pdf", "-o", tmp_path / "out", "--annotated") == 0
    listed = annotation_rectangles((tmp_path / "out" / "lease.annotated.pdf").read_bytes())
    for ((rectangle, contents),) in listed:
        assert rectangle == pytest.approx([90, 300 - 195, 165, 300 - 120], abs=8)
        assert re.fullmatch(r"Stamp (9\d|100)%.*", contents, re.DOTALL)
    assert len(listed) == 2 and read(tmp_path / "out" / "lease.json").pages[0].dpi == 150


def test_every_page_of_a_tiff_is_drawn(run, tmp_path):
    pages = [Image.new("L", (300, 300), 255) for _ in range(3)]
    pages[1].paste(0, SQUARE)
    save(tmp_path / "fax.tif", pages[0], save_all=True, append_images=pages[1:])
    assert run("detect", tmp_path / "fax.tif", "-o", tmp_path / "out", "--annotated", "--pages", "2-") == 0
    names = sorted(p.name for p in (tmp_path / "out").iterdir())
    assert names == ["fax.annotated-2.png", "fax.annotated-3.png", "fax.json"]
    assert [len(page.marks) for page in read(tmp_path / "out" / "fax.json").pages] == [1, 0]


def test_json_to_a_pipe_is_all_there_is(run, scan, pdf, tmp_path, capsys):
    other = pdf(tmp_path / "größer.pdf")
    assert run("detect", scan, other, "-o", "-") == 0
    out = capsys.readouterr().out
    assert out.isascii() and out.count("\n") == 1
    assert [DocumentRecord.model_validate(found).file for found in json.loads(out)] == ["scan.png", "größer.pdf"]


def marks(run, capsys, *arguments):
    assert run("detect", *arguments, "-o", "-") == 0
    return [mark for found in json.loads(capsys.readouterr().out) for page in found["pages"] for mark in page["marks"]]


def test_labels_and_scores_select(run, scan, capsys):
    assert [mark["label"] for mark in marks(run, capsys, scan, "--labels", "Signature, Stamp,")] == ["Stamp"]
    assert marks(run, capsys, scan, "--labels", "Signature") == []
    assert marks(run, capsys, scan, "--min-score", "1") == []
    (found,) = marks(run, capsys, scan)
    score = found["confidence"]
    assert 0.5 < score < 0.9998
    assert found in marks(run, capsys, scan, "--min-score", f"{score - 0.0001:.4f}")
    assert marks(run, capsys, scan, "--min-score", f"{score + 0.0001:.4f}") == []


def test_pages_and_resolution_of_a_pdf(run, pdf, tmp_path, capsys):
    assert run("detect", pdf(tmp_path / "a.pdf", pages=5), "--pages", "2,4-", "-o", "-", "--dpi", "72") == 0
    ((found),) = json.loads(capsys.readouterr().out)
    assert [(page["number"], page["width"], page["dpi"]) for page in found["pages"]] == [
        (2, 300, 72), (4, 300, 72), (5, 300, 72),
    ]  # fmt: skip


def test_a_folder_and_a_broken_file_in_it(run, scan, pdf, tmp_path, capsys):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "notes.txt").write_text("no document")
    (tmp_path / "deep").mkdir()
    pdf(tmp_path / "deep" / "scan.pdf")
    out = tmp_path / "out"
    assert run("detect", tmp_path, "-o", out, "--csv", "--annotated") == 1
    told = capsys.readouterr()
    assert told.err.count("\n") == 1 and "broken.pdf: broken or cut off PDF" in told.err
    lines = told.out.splitlines()
    assert lines[0] == "1 other files in the folders are no documents"
    assert [line.split("  page")[0] for line in lines[1:]] == ["deep/scan.pdf", "scan.png"]
    names = {p.name for p in out.iterdir()}
    assert names == {"scan.json", "scan-2.json", "scan.annotated.pdf", "scan-2.annotated.png", "marks.csv"}
    assert read(out / "scan.json").file == "deep/scan.pdf" and read(out / "scan-2.json").file == "scan.png"
    # Once more: what the first run wrote is no new document.
    assert run("detect", tmp_path, "-o", out, "--csv", "--annotated", "--crops") == 1
    assert len(list(csv.DictReader(io.StringIO((out / "marks.csv").read_text())))) == 2


def test_a_broken_page_is_told_and_the_others_are_done(run, tmp_path, capsys):
    pages = [Image.new("L", (300, 300), 255) for _ in range(3)]
    for page in pages:
        page.paste(0, SQUARE)
    path = save(tmp_path / "a.tif", pages[0], save_all=True, append_images=pages[1:], compression="tiff_adobe_deflate")
    with Image.open(path) as image:
        image.seek(1)
        at = image.tag_v2[273][0]
    content = bytearray(path.read_bytes())
    content[at : at + 8] = b"\xff" * 8
    path.write_bytes(content)
    out = tmp_path / "out"
    assert run("detect", path, "-o", out, "--coco", "--annotated") == 1
    assert "a.tif: page 2: broken or cut off image" in capsys.readouterr().err
    found = read(out / "a.json")
    assert [(page.number, page.width, len(page.marks)) for page in found.pages] == [
        (1, 300, 1), (2, None, 0), (3, 300, 1),
    ]  # fmt: skip
    assert "page 2: broken" in found.pages[1].error and found.pages[0].error is None
    coco = json.loads((out / "marks.coco.json").read_text())
    assert [image["page"] for image in coco["images"]] == [1, 3]
    assert sorted(p.name for p in out.glob("*.png")) == ["a.annotated-1.png", "a.annotated-3.png"]


def test_a_document_that_cannot_be_written_leaves_nothing_behind(run, pdf, tmp_path, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    assert run("detect", pdf(tmp_path / "a.pdf", pages=2), "-o", tmp_path / "out", "--crops", "--annotated") == 1
    assert "cannot be written (No space left on device); choose another -o" in capsys.readouterr().err
    assert [p for p in (tmp_path / "out").rglob("*") if p.is_file()] == []


def test_an_interrupted_run_goes_on(run, pdf, tmp_path, capsys, monkeypatch):
    seen, real = [], Detector.on_looks

    def interrupted(detector, *page):
        seen.append(1)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return real(detector, *page)

    for name in "abc":
        pdf(tmp_path / f"{name}.pdf")
    asked = ("detect", tmp_path, "-o", tmp_path / "out", "--csv")
    monkeypatch.setattr(Detector, "on_looks", interrupted)
    assert run(*asked) == 130
    left = sorted(file.name for file in (tmp_path / "out").iterdir())
    assert left == [".detect.part.jsonl", "a.json", "b.json"]
    pdf(tmp_path / "b.pdf", pages=2)  # is another document now
    seen.clear()
    monkeypatch.setattr(Detector, "on_looks", lambda *page: seen.append(1) or real(*page))
    capsys.readouterr()
    assert run(*asked) == 0
    told = capsys.readouterr().out
    assert len(seen) == 3 and "a.pdf" not in told and "1 of the documents were done already" in told
    assert len(list(csv.DictReader(io.StringIO((tmp_path / "out" / "marks.csv").read_text())))) == 4
    assert not (tmp_path / "out" / ".detect.part.jsonl").exists()
    seen.clear()
    assert run(*asked) == 0 and len(seen) == 4  # one that came to its end is done anew


@pytest.mark.parametrize("change", [("--min-score", "0.4"), ("--crops",), ("--no-auto-rotate",), ("--pages", "1")])
def test_what_was_done_with_other_options_is_done_again(run, pdf, tmp_path, capsys, monkeypatch, change):
    def interrupted(*_):
        raise KeyboardInterrupt

    for name in "ab":
        pdf(tmp_path / f"{name}.pdf")
    with monkeypatch.context() as patch:
        patch.setattr(Output, "finish", interrupted)
        assert run("detect", tmp_path, "-o", tmp_path / "out") == 130
    seen, real = [], Detector.on_looks
    monkeypatch.setattr(Detector, "on_looks", lambda *page: seen.append(1) or real(*page))
    assert run("detect", tmp_path, "-o", tmp_path / "out", *change) == 0 and len(seen) == 2


def test_encrypted_pdfs(run, pdf, tmp_path, capsys):
    path = pdf(tmp_path / "a.pdf")
    path.write_bytes(encrypted(path.read_bytes(), "secret"))
    assert run("detect", path, "--password", "secret", "-o", tmp_path / "out", "--annotated") == 0
    assert len(annotation_rectangles((tmp_path / "out" / "a.annotated.pdf").read_bytes())[0]) == 1
    assert run("detect", path) == 1
    assert "give its password with --password" in capsys.readouterr().err


def test_a_page_of_one_pixel(run, tmp_path, capsys):
    assert run("detect", save(tmp_path / "dot.png", np.zeros((1, 1), np.uint8))) == 0
    assert capsys.readouterr().out.startswith("dot.png  page 1: ")


@pytest.mark.parametrize("named", [[], ["--model", "default"]])
def test_the_shipped_model_is_the_default(tmp_path, capsys, scan, named):
    with pytest.raises(SystemExit, match="0"):
        main(["detect", str(scan), "-o", "-", *named])
    (found,) = json.loads(capsys.readouterr().out)
    assert found["model"]["name"] not in ("", "squares") and found["pages"][0]["width"] == 600


def test_a_file_name_that_is_no_text(run, scan, tmp_path, capsys):
    path = tmp_path / "caf\udce9.png"  # the byte of another system's é
    try:
        scan.rename(path)
    except (OSError, UnicodeError):
        pytest.skip("this file system knows only text")
    assert run("detect", path, "-o", tmp_path / "out") == 0
    assert capsys.readouterr().out.startswith("caf\ufffd.png  page 1")
    assert [read(p).file for p in (tmp_path / "out").iterdir()] == ["caf\ufffd.png"]


def test_tiles_find_what_is_too_small_on_a_whole_page(run, tmp_path, capsys):
    page = Image.new("L", (600, 600), 255)
    page.paste(0, (300, 360, 350, 410))  # 8 pixels where the network sees the page, which knows 24
    save(tmp_path / "tiny.png", page, dpi=(144, 144))
    assert run("detect", tmp_path / "tiny.png", "--tiles", "3", "-o", tmp_path / "out") == 0
    assert "tiny.png  page 1: 1 Stamp" in capsys.readouterr().out
    (mark,) = read(tmp_path / "out" / "tiny.json").pages[0].marks
    box = [mark.points.left, mark.points.top, mark.points.right, mark.points.bottom]
    assert box == pytest.approx((150, 180, 175, 205), abs=4)
    assert run("detect", tmp_path / "tiny.png", "--tiles", "9") == 2
    assert "Invalid value for '--tiles'" in capsys.readouterr().err


@pytest.mark.parametrize(("flags", "sizes"), [([], [1]), (["--fast"], [0.75]), (["--accurate"], [1, 1.25])])
def test_sizes_are_told_in_the_results(run, scan, tmp_path, flags, sizes):
    assert run("detect", scan, "-o", tmp_path / "out", "--tiles", "1.5", *flags) == 0
    found = read(tmp_path / "out" / "scan.json")
    assert (found.model.size, found.model.sizes, found.model.tiles) == (max(sizes), sizes, 1.5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--fast", "--accurate"], "--fast and --accurate: take one of them"),
        (["--device", "cuda"], "device cuda"),
    ],
)
def test_what_cannot_be_is_one_line(run, scan, capsys, arguments, message):
    assert run("detect", scan, *arguments) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1
