"""The command as a process of its own: streams, signals, and what it loads."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

FULL = Path("/dev/full")
"""A disk that is always full."""


@pytest.fixture
def start(model):
    """Starts the command."""

    def popen(*arguments, **options):
        command = [sys.executable, "-m", "docmarks", "detect", *map(str, arguments), "--model", str(model)]
        # A shell's background jobs ignore Ctrl-C and hand that on; what is started here must hear it.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
        finally:
            signal.signal(signal.SIGINT, before)

    return popen


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are a thing of Unix")
def test_the_bar_is_for_the_terminal_and_the_lines_for_the_file(start, pdf, tmp_path):
    import pty

    ours, theirs = pty.openpty()
    with (tmp_path / "lines.txt").open("wb") as lines:
        process = start(pdf(tmp_path / "a.pdf", pages=3), stdout=lines, stderr=theirs)
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # how Linux says that the other side is gone
                break
            if not piece:
                break
            shown += piece
        assert process.wait(60) == 0
    os.close(ours)
    told = (tmp_path / "lines.txt").read_text().splitlines()
    assert [line.split(":")[0] for line in told] == [f"a.pdf  page {n}" for n in (1, 2, 3)]
    assert b"3/3" in shown and b"Stamp" not in shown


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other signals")
def test_ctrl_c_leaves_whole_documents_and_nothing_else(start, pdf, tmp_path):
    short, long, out = pdf(tmp_path / "a.pdf"), pdf(tmp_path / "b.pdf", pages=2000), tmp_path / "out"
    process = start(
        short, long, "-o", out, "--crops", "--csv", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        if line.startswith("b.pdf  page 3"):
            break
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in errors
    assert errors.splitlines()[-1] == "docmarks: interrupted"
    files = {p.relative_to(out).as_posix() for p in out.rglob("*")}
    assert files == {".detect.part.jsonl", "a.json", "crops", "crops/Stamp", "crops/Stamp/a-p1-1.png"}


def test_a_reader_who_has_had_enough(start, pdf, tmp_path):
    process = start(pdf(tmp_path / "a.pdf", pages=50), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 1 and process.stderr.read() == b""
    process.stderr.close()


ENDING = "import atexit, sys; atexit.register(print, 'taken apart'); from docmarks.cli.process import run; run()"


def ends(*arguments):
    return subprocess.run([sys.executable, "-c", ENDING, *map(str, arguments)], capture_output=True, text=True)


def test_what_is_done_ends_at_once_and_has_said_all_of_it(scan):
    done = ends("detect", scan, "-o", "-")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)[0]["file"] == "scan.png"  # and nothing after it


@pytest.mark.skipif(not FULL.exists(), reason="a thing of Linux")
@pytest.mark.parametrize("form", [(), ("-o", "-")])
def test_lines_that_have_no_room_are_no_fault_of_a_document(start, scan, form):
    with FULL.open("w") as full:
        process = start(scan, *form, stdout=full, stderr=subprocess.PIPE, text=True)
        _, told = process.communicate(timeout=60)
    assert process.returncode != 0 and told.splitlines()[0].startswith("docmarks: standard output: No space left")
    assert "Traceback" not in told and "scan.png" not in told


def test_what_failed_ends_as_ever_and_so_does_any_other_command(tmp_path):
    failed = ends("detect", tmp_path / "none.pdf")
    assert failed.returncode == 2 and failed.stdout == "taken apart\n" and failed.stderr.startswith("docmarks: ")
    assert ends("--version").stdout.endswith("taken apart\n")


def test_neither_torch_nor_a_training_package_is_loaded(scan):
    code = (
        "import sys; from docmarks.cli.main import main\n"
        f"main(['detect', {str(scan)!r}, '-o', '-'])\n"
        "heavy = {'torch', 'torchvision', 'nncf', 'onnx', 'safetensors', 'matplotlib', 'rich', "
        "'openvino.tools.ovc.convert'} & set(sys.modules)\n"
        "others = {name for name in sys.modules if name.startswith('docmarks.cli.')}\n"
        "assert not heavy, heavy\n"
        "assert others == {'docmarks.cli.main', 'docmarks.cli.detect'}, others"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["file"] == "scan.png"


def test_importing_the_package_loads_little():
    code = "import docmarks, sys; print(sorted({n.split('.')[0] for n in sys.modules} - set(sys.stdlib_module_names)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    loaded = set(json.loads(done.stdout.replace("'", '"')))
    assert "docmarks" in loaded
    assert not loaded & {"torch", "openvino", "numpy", "pydantic", "pypdfium2", "PIL", "rich", "typer"}


def test_help_lists_every_command_without_loading_any():
    code = (
        "import sys; from docmarks.cli.main import main, COMMANDS\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "assert not any(w.split(':')[0] in sys.modules for w, _ in COMMANDS.values())\n"
        "assert not {'torch', 'openvino', 'pydantic'} & set(sys.modules)\n"
        "print('LISTED', *COMMANDS)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    shown, names = done.stdout.split("LISTED")
    assert "detect" in names and all(name in shown for name in names.split())


def test_version():
    import docmarks

    done = subprocess.run([sys.executable, "-m", "docmarks", "--version"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout == f"docmarks {docmarks.__version__}\n"


def test_a_name_that_the_terminal_cannot_show_is_no_crash(start, scan, tmp_path):
    path = scan.rename(tmp_path / "größer.png")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    process = start(path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0 and out.startswith(b"gr\\xf6\\xdfer.png  page 1: 1 Stamp") and errors == b""


def test_a_broken_pdf_is_one_line_on_standard_error(start, tmp_path):
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7 and no more")
    process = start(tmp_path / "cut.pdf", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 1 and out == "" and errors.count("\n") == 1 and "broken or cut off PDF" in errors


@pytest.mark.parametrize(("value", "shown"), [("1", True), ("0", False)])
def test_debugging_by_environment(start, tmp_path, value, shown):
    environment = {**os.environ, "DOCMARKS_DEBUG": value}
    process = start(tmp_path / "none.pdf", stderr=subprocess.PIPE, env=environment, text=True)
    _, errors = process.communicate(timeout=60)
    assert process.returncode != 0 and ("Traceback" in errors) == shown
