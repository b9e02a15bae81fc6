"""The command as a user calls it, with the model that ships."""

import json

import pytest

from docmarks.cli.main import main
from docmarks.synth.corpus import make_corpus
from docmarks.synth.ink import InkLibrary
from docmarks.synth.made import GeneralPages
from docmarks.synth.page import SyntheticPages


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    pages = SyntheticPages(InkLibrary.builtin(), ("lease",), empty=0.0, worn=False)
    make_corpus(GeneralPages(pages, 2, 0), folder)
    return folder


def run(*arguments):
    """Exit code of the command."""
    try:
        main(["evaluate", *(str(argument) for argument in arguments)])
    except SystemExit as stop:
        return stop.code or 0
    return 0


def test_tables_and_json(folder, tmp_path, capsys):
    assert run("default", folder, "--part", "all", "--json", tmp_path / "new" / "e.json") == 0
    shown = capsys.readouterr()
    assert "Average precision" in shown.out and "all sets" in shown.out and shown.err == ""
    data = json.loads((tmp_path / "new" / "e.json").read_text())
    (name,) = set(data["sets"]) - {"all sets"}
    assert data["sets"][name]["pages"] == 2
    figures = data["sets"][name]["labels"]
    assert figures and all(0 <= f["ap"] <= f["ap50"] <= 1 and f["n_pages"] == 2 for f in figures.values())
    # The model that ships finds what it was made for.
    assert max(f["ap50"] for f in figures.values()) > 0.3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["default", "/nowhere"], "no such file; a data set is a folder with annotations.json"),
        (["/nowhere/model.onnx", "{folder}"], "model.onnx"),
        (["default", "{folder}", "--json", "/proc/nowhere/e.json"], "cannot write into this folder"),
    ],
)
def test_mistakes_are_one_line(folder, capsys, arguments, message):
    assert run(*(argument.format(folder=folder) for argument in arguments)) == 2
    error = capsys.readouterr().err
    assert message in error and error.count("\n") == 1


def test_an_unknown_part_is_refused(folder, capsys):
    assert run("default", folder, "--part", "training") == 2
    assert "validation" in capsys.readouterr().err
