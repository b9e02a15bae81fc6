"""Whatever a user hands over: one line that names it and the cure, the right exit code, no traceback."""

import struct
import zlib

import pytest
from PIL import Image

from docmarks.cli.main import main
from paper import empty_pdf, encrypted, save, square_pdf


def png_that_claims(width, height):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def jpeg(tmp_path):
    return save(tmp_path / "whole.jpg", Image.effect_noise((200, 200), 50)).read_bytes()


FILES = {
    "empty.pdf": (lambda _: b"", "the file is empty; copy or download it again"),
    "text.png": (lambda _: b"Dear Sir,\n", "not a PDF, TIFF, PNG, JPEG or WebP; convert it to one of these"),
    "cut.pdf": (lambda _: square_pdf([])[:200], "broken or cut off PDF; copy, download or print it again"),
    "pageless.pdf": (lambda _: empty_pdf(), "the PDF has no pages; export or print it again"),
    "locked.pdf": (lambda _: encrypted(square_pdf([]), "x"), "the PDF is encrypted; give its password with --password"),
    "cut.jpg": (lambda tmp: jpeg(tmp)[:3000], "broken or cut off image; copy, download or scan it again"),
    "cut.png": (lambda _: png_that_claims(9, 9)[:40], "broken or cut off image; copy, download or scan it again"),
    "cut.tif": (lambda _: b"II*\0\x08\0\0\0", "broken or cut off image; copy, download or scan it again"),
    "cut.webp": (lambda _: b"RIFF\x10\0\0\0WEBPVP8 ", "broken or cut off image; copy, download or scan it again"),
    "bomb.png": (lambda _: png_that_claims(30000, 30000), "30000 x 30000 is over the limit of 150 million pixels"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read(run, tmp_path, capsys, name):
    content, message = FILES[name]
    path = tmp_path / name
    path.write_bytes(content(tmp_path))
    assert run("detect", path, "-o", tmp_path / "out") == 1
    told = capsys.readouterr()
    assert told.err.startswith(f"docmarks: {path}: ") and message in told.err and told.err.count("\n") == 1
    assert told.out == "" and list((tmp_path / "out").iterdir()) == []


def test_a_wrong_password(run, tmp_path, capsys):
    (tmp_path / "a.pdf").write_bytes(encrypted(square_pdf([]), "secret"))
    assert run("detect", tmp_path / "a.pdf", "--password", "guess") == 1
    assert "a.pdf: the password does not open this PDF; try another" in capsys.readouterr().err


def test_a_page_too_large_for_the_resolution_asked_for(run, tmp_path, capsys):
    (tmp_path / "plan.pdf").write_bytes(square_pdf([], size=(14000, 14000)))
    assert run("detect", tmp_path / "plan.pdf", "--dpi", "1200") == 1
    assert "plan.pdf: page 1 is 233333 x 233333 pixels at 1200 dpi; lower --dpi, or leave" in capsys.readouterr().err


def test_a_document_without_the_pages_asked_for(run, scan, capsys):
    assert run("detect", scan, "--pages", "2-") == 1
    assert "scan.png: has 1 pages, none of them in 2-" in capsys.readouterr().err


USAGE = [
    (["none.pdf"], "none.pdf: no such file or folder; check the spelling"),
    (["x" * 5000], "no such file or folder"),
    (["{empty}"], "no PDF, TIFF, PNG, JPEG or WebP in this folder"),
    (["{scan}", "--labels", "Signatur"], "Signatur: the model has no such label; did you mean Signature?"),
    (["{scan}", "--labels", " , "], "--labels names no label; write for example --labels Signature,Date"),
    (["{scan}", "--pages", "3-1"], "--pages 3-1: 3-1 runs backwards"),
    (["{scan}", "--pages", "one"], "--pages one: not a list of pages; write for example 1-3,7"),
    (["{scan}", "--min-score", "7"], "a minimum score of 7 is not between 0 and 1"),
    (["{scan}", "--csv"], "--csv needs a folder to write into: add -o DIR"),
    (["{scan}", "-o", "-", "--crops"], "--crops needs a folder to write into: add -o DIR"),
    (["{scan}", "-o", "{scan}"], "scan.png: cannot write into this folder (File exists); choose another -o"),
    (["{scan}", "-o", "{scan}/out"], "cannot write into this folder (Not a directory); choose another -o"),
    (["{scan}", "--model", "none.onnx"], "none.onnx: no such model file"),
    (["{scan}", "--model", "{scan}"], "scan.png: not a model file, or a damaged one"),
    (["{scan}", "--model", "{empty}"], "no exported model in this folder"),
    (["{scan}", "--dpi", "5"], "--dpi"),
    (["{scan}", "--nonsense"], "--nonsense"),
    ([], "Missing argument 'FILE_OR_FOLDER...'"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE, ids=[case[1][:40] for case in USAGE])
def test_a_mistake_on_the_command_line(run, scan, tmp_path, capsys, arguments, message):
    (tmp_path / "empty").mkdir()
    assert run("detect", *(a.format(scan=scan, empty=tmp_path / "empty") for a in arguments)) == 2
    told = capsys.readouterr()
    assert message in told.err and "Traceback" not in told.err and told.out == ""


def test_an_unknown_command(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["detekt"])
    assert stop.value.code == 2 and "detekt" in capsys.readouterr().err


@pytest.fixture
def faulty(monkeypatch):
    """A fault of ours, on one document."""
    from docmarks.runtime.detector import Detector

    right = Detector.__call__

    def wrong(self, image):
        return right(self, image) if image.shape[0] > 500 else 1 / 0

    monkeypatch.setattr(Detector, "__call__", wrong)


def test_a_fault_of_ours_asks_to_be_reported_and_the_others_are_done(run, scan, pdf, tmp_path, capsys, faulty):
    small = pdf(tmp_path / "a.pdf")
    assert run("detect", small, scan, "--dpi", "72") == 2
    told = capsys.readouterr()
    assert told.out.startswith("scan.png  page 1")
    assert told.err.splitlines() == [
        f"docmarks: {small}: internal error (ZeroDivisionError)",
        "docmarks: internal error (ZeroDivisionError: division by zero); run again with --debug and please report it",
    ]


def test_an_error_of_the_system_on_one_document_leaves_the_others_alone(run, scan, pdf, tmp_path, capsys, monkeypatch):
    from docmarks.runtime.detector import Detector

    right = Detector.__call__

    def wrong(self, image):
        if image.shape[0] > 500:
            return right(self, image)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Detector, "__call__", wrong)
    small = pdf(tmp_path / "a.pdf")
    assert run("detect", small, scan, "--dpi", "72") == 2
    told = capsys.readouterr()
    assert told.out.startswith("scan.png  page 1")
    assert told.err.splitlines()[0] == f"docmarks: {small}: internal error (OSError)"


def test_debugging_shows_where_it_came_from(run, pdf, tmp_path, faulty):
    with pytest.raises(ZeroDivisionError):
        run("detect", pdf(tmp_path / "a.pdf"), "--dpi", "72", "--debug")
