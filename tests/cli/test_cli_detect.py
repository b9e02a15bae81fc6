"""The command as a user calls it, with the model that ships."""

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from docmarks.cli.main import main
from docmarks.results.schema import DocumentRecord
from docmarks.synth.ink import InkLibrary
from docmarks.synth.page import SyntheticPages
from paper import annotation_rectangles, encrypted, save, square_pdf


@pytest.fixture(scope="module")
def page():
    """A clean lease page with ink on it."""
    return SyntheticPages(InkLibrary.builtin(), ("lease",), empty=0.0, worn=False)(6)[0]


@pytest.fixture
def scan(tmp_path, page):
    return save(tmp_path / "scan.png", page, dpi=(100, 100))


def run(*arguments):
    """Exit code of the command."""
    try:
        main([str(argument) for argument in arguments])
    except SystemExit as stop:
        return stop.code or 0
    return 0


def test_a_line_a_page_and_nothing_else_is_written(scan, capsys, tmp_path):
    assert run("detect", scan) == 0
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 1 and told[0].startswith("scan.png  page 1: ") and told[0].endswith(" s)")
    assert [p.name for p in tmp_path.iterdir()] == ["scan.png"]


def test_everything_into_a_folder(scan, tmp_path, capsys):
    out = tmp_path / "out"
    assert run("detect", scan, "-o", out, "--annotated", "--csv", "--coco", "--crops", "--min-score", "0.2") == 0
    found = DocumentRecord.model_validate_json((out / "scan.json").read_text())
    assert found.file == "scan.png" and found.pages[0].dpi == pytest.approx(100, rel=1e-3) and found.pages[0].marks
    count = len(found.pages[0].marks)
    assert len(list(csv.DictReader(io.StringIO((out / "marks.csv").read_text())))) == count
    assert len(json.loads((out / "marks.coco.json").read_text())["annotations"]) == count
    assert len(list((out / "crops").rglob("*.png"))) == count
    drawn = np.asarray(Image.open(out / "scan.annotated.png"))
    assert drawn.shape[:2] == (found.pages[0].height, found.pages[0].width)
    assert not list(out.rglob("*.part"))


def test_a_pdf_is_annotated_as_a_pdf(page, tmp_path, capsys):
    Image.fromarray(page).save(tmp_path / "lease.pdf", resolution=100)
    assert run("detect", tmp_path / "lease.pdf", "-o", tmp_path / "out", "--annotated", "--min-score", "0.2") == 0
    found = DocumentRecord.model_validate_json((tmp_path / "out" / "lease.json").read_text())
    (annotations,) = annotation_rectangles((tmp_path / "out" / "lease.annotated.pdf").read_bytes())
    assert len(annotations) == len(found.pages[0].marks) > 0
    mark, (rectangle, contents) = found.pages[0].marks[0], annotations[0]
    height = page.shape[0] * 72 / 100
    expected = [mark.points.left, height - mark.points.bottom, mark.points.right, height - mark.points.top]
    assert rectangle == pytest.approx(expected, abs=0.5) and contents.startswith(mark.label)


def test_json_to_a_pipe_is_all_there_is(scan, capsys):
    assert run("detect", scan, "-o", "-") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert DocumentRecord.model_validate(found).file == "scan.png"


def test_labels_and_scores_select(scan, capsys):
    assert run("detect", scan, "-o", "-", "--labels", "Date, Signature", "--min-score", "0.01") == 0
    (found,) = json.loads(capsys.readouterr().out)
    labels = {entry["label"] for mark in found["pages"][0]["marks"] for entry in mark["labels"]}
    assert labels <= {"Date", "Signature"}
    assert run("detect", scan, "-o", "-", "--min-score", "1") == 0
    assert json.loads(capsys.readouterr().out)[0]["pages"][0]["marks"] == []


def test_pages_of_a_document(tmp_path, capsys):
    (tmp_path / "a.pdf").write_bytes(square_pdf([], pages=5))
    assert run("detect", tmp_path / "a.pdf", "--pages", "2,4-") == 0
    told = capsys.readouterr().out
    assert [line.split(":")[0] for line in told.splitlines()] == [
        "a.pdf  page 2",
        "a.pdf  page 4",
        "a.pdf  page 5",
    ]


def test_a_folder_and_a_broken_file_in_it(scan, tmp_path, capsys):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (tmp_path / "notes.txt").write_text("no document")
    assert run("detect", tmp_path, "-o", tmp_path / "out") == 1
    told = capsys.readouterr()
    assert "broken.pdf: broken or cut off PDF" in told.err and "scan.png  page 1" in told.out
    assert "1 other files in the folders are no documents" in told.out
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["scan.json"]


def test_equal_names_in_two_folders(page, tmp_path, capsys):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        save(tmp_path / name / "scan.png", page)
    assert run("detect", tmp_path / "a", tmp_path / "b", "-o", tmp_path / "out") == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["scan-2.json", "scan.json"]


def test_an_encrypted_pdf(tmp_path, capsys):
    (tmp_path / "a.pdf").write_bytes(encrypted(square_pdf([]), "secret"))
    assert run("detect", tmp_path / "a.pdf", "--password", "secret") == 0
    assert run("detect", tmp_path / "a.pdf") == 1
    assert "give its password with --password" in capsys.readouterr().err


USAGE = [
    (["none.pdf"], "none.pdf: no such file or folder"),
    (["{scan}", "--labels", "Signatur"], "Signatur: the model has no such label; did you mean Signature?"),
    (["{scan}", "--pages", "3-1"], "--pages 3-1: 3-1 runs backwards"),
    (["{scan}", "--min-score", "7"], "a minimum score of 7 is not between 0 and 1"),
    (["{scan}", "--csv"], "--csv needs a folder to write into: add -o DIR"),
    (["{scan}", "-o", "{scan}"], "cannot write into this folder"),
    (["{scan}", "--model", "none.onnx"], "none.onnx: no such model file"),
    (["{scan}", "--model", "{scan}"], "damaged"),
    (["{scan}", "--dpi", "5"], "--dpi"),
    (["{scan}", "--nonsense"], "--nonsense"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE, ids=[case[1][:30] for case in USAGE])
def test_a_mistake_is_one_line_and_exit_code_2(scan, capsys, arguments, message):
    assert run("detect", *(argument.format(scan=scan) for argument in arguments)) == 2
    told = capsys.readouterr().err
    assert message in told and "Traceback" not in told


def test_an_unexpected_error_asks_to_be_reported(scan, capsys, monkeypatch):
    monkeypatch.setattr("docmarks.pages.collect.collect", lambda files: 1 / 0)
    assert run("detect", scan) == 2
    assert "internal error (ZeroDivisionError" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        main(["detect", str(scan), "--debug"])


def test_ctrl_c_leaves_no_half_files(scan, tmp_path, capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("docmarks.runtime.pages.detect_page", interrupted)
    assert run("detect", scan, "-o", tmp_path / "out") == 130
    assert list((tmp_path / "out").iterdir()) == []


def test_a_new_process_needs_no_torch_and_no_training_package(scan, tmp_path):
    code = (
        "import sys; from docmarks.cli.main import main\n"
        f"main(['detect', {str(scan)!r}])\n"
        "heavy = {'torch', 'torchvision', 'nncf', 'onnx', 'safetensors'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "scan.png  page 1" in done.stdout


def test_help_lists_every_command_without_loading_any():
    code = (
        "import sys; from docmarks.cli.main import main, COMMANDS\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "assert 'docmarks.cli.detect' not in sys.modules and 'numpy' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert all(name in done.stdout for name in ("detect", "evaluate", "train", "export", "synth"))


def test_version(capsys):
    assert run("--version") == 0 and capsys.readouterr().out.startswith("docmarks ")
